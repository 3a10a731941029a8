"""Appointing people to authorities."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common import clock
from common.errors import Refusal
from common.principal import Principal
from regulators.choices import OfficerRole
from regulators.facts import is_in_force
from regulators.models import Authority, Officer
from regulators.permissions import require


@transaction.atomic
def officer_appoint(
    *, actor: Principal, user_id: int, authority_code: str, roles: Iterable[str], title: str = ""
) -> int:
    """Begin a person's term at an authority today. Returns the officer's id.

    The same person at the same body keeps one open term: a second appointment updates its roles and title.
    Refuses unknown authorities, bodies that do not exist on the day, and unknown roles.
    """
    require(actor, "officer.appoint")
    wanted = sorted(set(roles))
    unknown = [role for role in wanted if role not in OfficerRole.values]
    if unknown or not wanted:
        raise Refusal(
            "officer.unknown_role",
            _("Unknown or missing role."),
            field="roles",
            cure=_("Use one or more of: %(roles)s.") % {"roles": ", ".join(OfficerRole.values)},
            status=422,
        )
    authority = Authority.objects.select_for_update().filter(code=authority_code).first()
    if authority is None or not is_in_force(authority.valid_from, authority.valid_to, clock.today()):
        raise Refusal(
            "authority.unknown",
            _("There is no such authority."),
            field="authority",
            cure=_("Choose one from the list of authorities."),
            status=422,
        )
    officer, created = Officer.objects.get_or_create(
        user_id=user_id,
        authority=authority,
        term_to=None,
        defaults={"roles": wanted, "title": title, "term_from": clock.today()},
    )
    if not created and (officer.roles != wanted or officer.title != title):
        officer.roles, officer.title = wanted, title
        officer.save(update_fields=["roles", "title"])
    return officer.pk
