"""A body that exists on a day, or a refusal that says where to look."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from common.errors import Refusal
from regulators.models import Authority


def body_or_refuse(on: date, **named: Any) -> Authority:
    """The authority named by `code` or `pk` that is in force on a day. Refuses any other (422)."""
    found = Authority.objects.in_force(on).filter(**named).first()
    if found is None:
        raise Refusal(
            "authority.unknown",
            _("There is no such authority."),
            field="authority",
            cure=_("Choose one from the list of authorities."),
            status=422,
        )
    return found
