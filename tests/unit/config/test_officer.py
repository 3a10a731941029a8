"""The operator's command that makes the first officer."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from common.models import User
from regulators.selectors import principal_for_user
from tests.factories import complaints as make


@pytest.fixture
def ground(db: None, acting_system: None) -> None:
    """Authorities on record."""
    make.ground()


def test_a_login_with_an_office_and_a_password_shown_once(ground: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("officer", "first", "--authority", "NFRA", "--roles", "officer,supervisor")
    said = capsys.readouterr().out.splitlines()
    user = User.objects.get(username="first")
    assert said[0] == "first serves NFRA as officer,supervisor"
    assert user.check_password(said[1].removeprefix("password, shown once: "))
    assert principal_for_user(user).roles == frozenset({"officer", "supervisor"})


def test_repeating_keeps_the_password_and_changes_the_roles(ground: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("officer", "first", "--authority", "NFRA", "--roles", "officer")
    before = User.objects.get(username="first").password
    capsys.readouterr()
    call_command("officer", "first", "--authority", "NFRA", "--roles", "auditor")
    user = User.objects.get(username="first")
    assert (capsys.readouterr().out, user.password) == ("first serves NFRA as auditor\n", before)
    assert principal_for_user(user).roles == frozenset({"auditor"})


REFUSED = [("NOBODY", "officer", "There is no such authority"), ("CBRC", "officer", "There is no such authority"),
           ("NFRA", "king", "missing role")]


@pytest.mark.parametrize(("authority", "roles", "said"), REFUSED)
def test_a_refused_office_leaves_no_login(ground: None, authority: str, roles: str, said: str) -> None:
    with translation.override("en"), pytest.raises(CommandError, match=said):
        call_command("officer", "first", "--authority", authority, "--roles", roles)
    assert not User.objects.filter(username="first").exists()
