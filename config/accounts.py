"""Logins: no self-made accounts; after the second factor the officer's desk opens."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class StaffAdapter(DefaultAccountAdapter):
    """Staff accounts are made by a supervisor, never by a visitor."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The desk."""
        return "/admin/"

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """The public site."""
        return "/"

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """No greeting banners."""
