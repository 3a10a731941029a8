"""The staff door: no account without an authority's act, no desk without the second factor."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from common.models import User

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-test-password"


@pytest.fixture
def officer() -> User:
    return User.objects.create_user("officer.test", password=PASSWORD, is_staff=True)


def test_a_stranger_is_sent_to_the_login(client: Client):
    response = client.get("/admin/", follow=True)
    assert response.redirect_chain[-1][0].startswith("/accounts/login/")
    assert response.status_code == 200


def test_nobody_signs_up(client: Client):
    response = client.post("/accounts/signup/", {"username": "x", "password1": PASSWORD})
    assert response.status_code == 302
    assert not User.objects.filter(username="x").exists()


def test_a_password_alone_does_not_open_the_desk(client: Client, officer: User):
    client.force_login(officer)
    assert client.get("/admin/").url == "/accounts/2fa/totp/activate/"


def test_an_officer_with_a_second_factor_must_show_it(client: Client, officer: User):
    TOTP.activate(officer, "JBSWY3DPEHPK3PXP")
    client.force_login(officer)
    assert client.get("/admin/").url == "/accounts/2fa/reauthenticate/?next=/admin/"
    assert Authenticator.objects.filter(user=officer).count() == 1


def test_a_wrong_password_tells_nothing_and_opens_nothing(client: Client, officer: User):
    for name in ("officer.test", "nobody.here"):
        response = client.post("/accounts/login/", {"login": name, "password": "wrong-password-here"})
        assert response.status_code == 200
        assert "_auth_user_id" not in client.session


def test_a_visitor_without_staff_rights_sees_no_admin(client: Client):
    visitor = User.objects.create_user("visitor.test", password=PASSWORD)
    client.force_login(visitor)
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp"}]
    session.save()
    assert client.get("/admin/").status_code in (302, 403)
    assert client.get("/admin/cases/case/").status_code in (302, 403)
