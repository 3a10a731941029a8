"""Opening personal text. Every opening leaves a row: who, what, when, why."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from common import clock
from common.db.acting import acting_as
from common.errors import NotYours, Refusal
from common.principal import Principal
from common.vault import vault_open
from complaints.models import Attachment, Complaint, PersonalRead
from complaints.permissions import is_respondent, owns
from regulators.selectors import objects_shared_with


@dataclass(frozen=True)
class OpenedFile:
    """An attachment for download."""

    name: str
    media_type: str
    content: bytes
    kind: str


def _may_read(actor: Principal, complaint: Complaint) -> bool:
    """The officer in charge, an officer of an authority it was shared with, or the platform once it was given it."""
    if actor.kind == "platform":
        return is_respondent(actor, complaint) and complaint.forwarded_at is not None
    if actor.kind != "staff":
        return actor.kind == "system"
    is_shared = complaint.pk in objects_shared_with(actor.authority_ids, "complaint")
    return owns(actor, complaint) or (is_shared and actor.has_role("officer", "supervisor"))


def _readable(actor: Principal, complaint_id: int) -> Complaint:
    row = Complaint.objects.filter(pk=complaint_id).first()
    if row is None or not _may_read(actor, row):
        raise NotYours("complaint")
    return row


def _log(actor: Principal, rows: Sequence[Complaint], what: str, purpose: str) -> None:
    if not purpose.strip():
        raise Refusal(
            "complaint.purpose_missing",
            _("Say why you need to read this."),
            field="purpose",
            cure=_("Write a few words; they are kept with your name."),
            status=422,
        )
    PersonalRead.objects.bulk_create(
        PersonalRead(
            complaint=row, what=what, purpose=purpose.strip()[:200], reader=actor.label, read_at=clock.real_now()
        )
        for row in rows
    )


def narrative_open(*, actor: Principal, complaint_id: int, purpose: str) -> str:
    """What the complainant wrote; logged. Refuses (404) who may not read it, and anyone without a purpose."""
    with acting_as(actor):
        row = _readable(actor, complaint_id)
        _log(actor, [row], "narrative", purpose)
        return vault_open(row.person, row.narrative_sealed)


def narratives_open(*, actor: Principal, complaint_ids: Sequence[int], purpose: str) -> dict[int, str]:
    """What several complainants wrote, by complaint; each reading is logged. Refuses (404) if one may not be read."""
    with acting_as(actor):
        rows = list(Complaint.objects.filter(pk__in=complaint_ids))
        if len(rows) != len(set(complaint_ids)) or not all(_may_read(actor, row) for row in rows):
            raise NotYours("complaint")
        _log(actor, rows, "narrative", purpose)
        return {row.pk: vault_open(row.person, row.narrative_sealed) for row in rows}


def contact_open(*, actor: Principal, complaint_id: int, purpose: str) -> dict[str, str]:
    """Name and address of the complainant; logged. Staff only: a platform never gets them here."""
    with acting_as(actor):
        row = _readable(actor, complaint_id)
        if actor.kind == "platform":
            raise NotYours("complaint")
        _log(actor, [row], "contact", purpose)
        fields = {"name": row.name_sealed, "address": row.contact_sealed, "platform": row.platform_text_sealed}
        return {key: vault_open(row.person, sealed) if sealed else "" for key, sealed in fields.items()}


def attachment_open(*, actor: Principal, attachment_id: int, purpose: str) -> OpenedFile:
    """The bytes of an attachment for download; logged. Refuses (404) who may not read the complaint."""
    with acting_as(actor):
        item = Attachment.objects.filter(pk=attachment_id).select_related("complaint").first()
        if item is None:
            raise NotYours("attachment")
        row = _readable(actor, item.complaint_id)
        _log(actor, [row], "attachment", purpose)
        return OpenedFile(
            name=vault_open(row.person, item.filename_sealed),
            media_type=item.media_type,
            content=base64.b64decode(vault_open(row.person, item.content_sealed)),
            kind=item.kind,
        )
