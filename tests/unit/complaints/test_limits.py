"""How often one address may ask."""

from datetime import timedelta

import pytest

from common import clock
from complaints.models import LookupWindow
from complaints.services import lookup_count

pytestmark = pytest.mark.django_db


def ask(address: str = "192.0.2.1", purpose: str = "status") -> bool:
    """One request."""
    return lookup_count(address=address, purpose=purpose)


def test_twenty_look_ups_and_ten_complaints_in_a_window() -> None:
    assert [ask() for _ in range(21)] == [True] * 20 + [False]
    assert [ask(purpose="file") for _ in range(11)] == [True] * 10 + [False]


def test_another_address_is_not_held_up_and_none_is_stored() -> None:
    for _ in range(21):
        ask()
    assert ask("192.0.2.2") is True
    assert "192.0.2" not in str(list(LookupWindow.objects.values()))


def test_the_next_window_starts_at_zero_and_old_windows_go(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(21):
        ask()
    later = clock.real_now() + timedelta(days=2)
    monkeypatch.setattr(clock, "real_now", lambda: later)
    assert ask() is True
    assert LookupWindow.objects.count() == 1
