"""Deny by default: an endpoint that does not say who may use it answers nobody."""

from typing import Any

from rest_framework.permissions import BasePermission


class DenyAll(BasePermission):
    """The default of the whole API."""

    def has_permission(self, request: Any, view: Any) -> bool:
        """Never."""
        return False


class AudienceOnly(BasePermission):
    """Lets in the audience the view names: "platform" (a registered key), "public" and "any" (everyone)."""

    def has_permission(self, request: Any, view: Any) -> bool:
        """Compare the request's principal with the view's audience."""
        audience = getattr(view, "audience", None)
        if audience in ("any", "public"):
            return True
        return audience == "platform" and request.principal.kind == "platform"
