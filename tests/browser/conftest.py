"""One Chromium for all browser tests of a worker; a printed reason where there is none."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.driving import ARGUMENTS, CHROMIUM


@pytest.fixture(scope="package")
def chromium() -> Iterator[Any]:
    """The browser. Its driver keeps an event loop in this thread, which Django must not take for an async view."""
    if not CHROMIUM:
        pytest.skip("no Chromium on this machine (apt-get install chromium): the browser tests cannot run")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (test extras)")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        with playwright.sync_playwright() as driver:
            running = driver.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
            yield running
            running.close()
