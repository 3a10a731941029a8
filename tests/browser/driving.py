"""Driving Chromium: what a person does and what a page must show."""

import base64
import hashlib
import hmac
import json
import shutil
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
ARGUMENTS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",
    "--no-first-run",
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",  # loopback or nothing
)
DESK_WIDTH, PHONE_WIDTH = 1280, 375
LOCALES = {"zh": "zh-CN", "en": "en-US"}
_AXE = Path(__file__).parent / "vendor" / "axe.min.js"
_WORST = ["serious", "critical"]
_RUN_AXE = """impacts => Promise.race([
    new Promise(done => setTimeout(() => done(['axe did not finish in 20 s']), 20000)),
    axe.run(document, {resultTypes: ['violations']}).then(found => found.violations
        .filter(rule => impacts.includes(rule.impact))
        .map(rule => rule.id + ': ' + rule.nodes.slice(0, 3).map(node => node.target.join(' ')).join(' | ')))])"""


def totp(secret: str) -> str:
    """The six digits an authenticator shows now (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**6:06d}"


@contextmanager
def window(browser: Any, language: str = "zh", width: int = DESK_WIDTH, **options: Any) -> Iterator[Any]:
    """A page of a fresh visitor. What the browser's console complains about fails the test at the end."""
    context = browser.new_context(
        locale=LOCALES[language], viewport={"width": width, "height": 900}, reduced_motion="reduce", **options
    )
    context.set_default_timeout(15_000)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
    page.on("console", lambda said: complaints.append(said.text) if _is_policy_breach(said) else None)
    page.on("requestfailed", lambda request: complaints.extend(_unanswered(request)))
    try:
        yield page
    finally:
        context.close()
    assert not complaints, "\n".join(complaints)


def _unanswered(request: Any) -> list[str]:
    """A page that asks somebody else, or for what its policy forbids. A request to our own server that the visitor
    cut short by going on is no fault: a page that really does not come fails the step that waits for it.
    """
    is_ours = request.url.split("/")[2].split(":")[0] in ("localhost", "127.0.0.1")
    is_cut_short = is_ours and str(request.failure).startswith("net::ERR_")  # a policy breach says "csp" instead
    is_blocked = "BLOCKED" in str(request.failure)
    return [f"no answer ({request.failure}): {request.url}"] if is_blocked or not is_cut_short else []


def _is_policy_breach(said: Any) -> bool:
    return said.type == "error" and "Content Security Policy" in said.text


def fits(page: Any, width: int = PHONE_WIDTH) -> None:
    """Nobody has to scroll sideways at this width."""
    page.set_viewport_size({"width": width, "height": 900})
    needed = page.evaluate("document.documentElement.scrollWidth")
    assert needed <= width, f"{page.url} needs {needed} px at {width} px: {_widest(page, width)}"


def _widest(page: Any, width: int) -> str:
    return str(page.evaluate(
        """width => [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > width)
        .slice(0, 5).map(e => e.tagName + '.' + e.className).join(', ')""", width,
    ))  # fmt: skip


def accessible(page: Any, *, is_strict: bool = False) -> None:
    """axe finds nothing serious or critical on the page; when strict nothing moderate either (landmarks, names)."""
    page.evaluate(_AXE.read_text())
    found = page.evaluate(_RUN_AXE, [*_WORST, "moderate"] if is_strict else _WORST)
    assert found == [], f"{page.url}\n" + json.dumps(found, indent=1)


def accessible_copy(page: Any) -> None:
    """The same for a page without JavaScript, in which axe cannot run: a copy of it, beside it, is looked at."""
    with window(page.context.browser) as copy:
        copy.goto(f"{page.url.split('//')[0]}//{page.url.split('/')[2]}/complaints/status/")
        copy.set_content(page.content())
        accessible(copy)


def enter(context: Any, base: str, session_key: str) -> None:
    """Continue a session that Django made."""
    context.add_cookies([{"name": "sessionid", "value": session_key, "url": base}])
