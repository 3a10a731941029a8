"""Who is asking: puts the principal on every staff and public request and runs it in that principal's transaction."""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from common.db.acting import acting_as
from common.principal import Principal, public_principal


class PrincipalMiddleware:
    """Staff pages run as the officer's principal, with a second factor; public pages set their own principal.

    The API authenticates by signature and is left to its views.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next step."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Choose by path: the three URL trees are three audiences."""
        if request.path.startswith("/api/"):
            return self.get_response(request)
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("NUL in the address")  # PostgreSQL cannot compare a text with it
        principal = _principal(request)
        request.principal = principal  # type: ignore[attr-defined]
        if request.path.startswith("/admin/") and principal.kind == "staff":
            if not _has_second_factor(request):
                return redirect(_way_to_second_factor(request))
            with acting_as(principal):
                return _rendered(self.get_response(request))
        return self.get_response(request)


def _principal(request: HttpRequest) -> Principal:
    user = request.user
    if not user.is_authenticated or not user.is_staff:
        return public_principal()
    from regulators.selectors import principal_for_user

    return principal_for_user(user)


def _way_to_second_factor(request: HttpRequest) -> str:
    """Show it when the officer has one (setting one up does not count as showing it), set one up otherwise."""
    from allauth.mfa.utils import is_mfa_enabled

    if is_mfa_enabled(request.user):
        return f"{reverse('mfa_reauthenticate')}?next=/admin/"
    return reverse("mfa_activate_totp")


def _has_second_factor(request: HttpRequest) -> bool:
    methods = request.session.get("account_authentication_methods", [])
    return any(entry.get("method") == "mfa" for entry in methods)


def _rendered(response: HttpResponse) -> HttpResponse:
    """Render lazy template responses while the principal's transaction is open."""
    render = getattr(response, "render", None)
    return render() if callable(render) and not getattr(response, "is_rendered", True) else response
