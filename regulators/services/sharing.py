"""Sharing an object with an assisting authority."""

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common.errors import Refusal
from common.principal import Principal
from regulators.models import Authority, ObjectAccess
from regulators.permissions import require


@transaction.atomic
def object_share(*, actor: Principal, object_kind: str, object_id: int, authority_id: int, reason: str) -> int:
    """Let an authority see one object it does not own. Twice is once. Returns the id of the grant.

    Refuses without permission, without a reason, or for an unknown authority. The caller makes sure that the
    actor may see the object itself.
    """
    require(actor, "object.share")
    if not reason.strip():
        raise Refusal(
            "share.no_reason",
            _("Say why the object is shared."),
            field="reason",
            cure=_("Write one sentence."),
            status=422,
        )
    if not Authority.objects.filter(pk=authority_id).exists():
        raise Refusal(
            "authority.unknown",
            _("There is no such authority."),
            field="authority",
            cure=_("Choose one from the list of authorities."),
            status=422,
        )
    grant, _created = ObjectAccess.objects.get_or_create(
        object_kind=object_kind,
        object_id=object_id,
        authority_id=authority_id,
        defaults={"reason": reason[:300]},
    )
    return grant.pk


@transaction.atomic
def objects_share(
    *,
    actor: Principal,
    object_kind: str,
    object_ids: Collection[int],
    authority_ids: Collection[int],
    reason: str,
) -> None:
    """Let several authorities see several objects of one kind; grants that exist stay as they are. One query.

    Refuses without permission. The caller names authorities that exist (the database refuses others).
    """
    require(actor, "object.share")
    ObjectAccess.objects.bulk_create(
        [
            ObjectAccess(object_kind=object_kind, object_id=pk, authority_id=authority_id, reason=reason[:300])
            for authority_id in dict.fromkeys(authority_ids)
            for pk in dict.fromkeys(object_ids)
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def object_unshare(*, actor: Principal, object_kind: str, object_id: int, authority_id: int, reason: str) -> int:
    """Take back a grant that was made for exactly this reason; other reasons keep the sight. Returns how many.

    Refuses without permission.
    """
    require(actor, "object.share")
    grants = ObjectAccess.objects.filter(
        object_kind=object_kind, object_id=object_id, authority_id=authority_id, reason=reason[:300]
    )
    return grants.delete()[0]
