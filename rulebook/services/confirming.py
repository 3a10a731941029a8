"""Confirm that a source was seen: one person gives the link, another countersigns, and the row counts as verified."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from common import clock
from common.db.acting import acting_as
from common.errors import NotYours, Refusal
from common.principal import Principal
from rulebook.choices import SourceKind, TextStatus
from rulebook.home import home
from rulebook.models import SourceConfirmation
from rulebook.permissions import require
from rulebook.selectors.unconfirmed import SourceRow, source_row

SEEN_KINDS = (TextStatus.FINAL, TextStatus.DRAFT, TextStatus.PRACTICE)
_is_address = URLValidator(schemes=["https", "http"])
LINK_LIMIT = 500


@dataclass(frozen=True)
class ConfirmationRef:
    """A confirmation as other apps may hold it."""

    id: int
    kind: str
    key: str
    is_complete: bool


def source_confirm(
    *, actor: Principal, kind: str, key: str, link: str, note: str = "", pack: str = "",
    text_status: str = TextStatus.FINAL,
) -> ConfirmationRef:
    """Say that you have seen the source of a row, and where. It counts once a second person countersigns.

    `kind` is rule, parameter, deadline, clause or mandate; `key` as `selectors.unconfirmed_sources()` gives it (for
    mandates the key of the app that holds them). Refuses: no permission, unknown kind or row, a house convention,
    a link that is missing or no address, a source that is confirmed already or waits for its second person.
    """
    require(actor, "source.confirm")
    pack = pack or home().pack
    link = _link(link)
    row = _row_or_refuse(kind, pack, key)
    if text_status not in SEEN_KINDS:
        raise Refusal("source.text_status", _("A source that was seen is a text in force, a draft or a practice."),
                      field="text_status", cure=_("Choose one of the three."), status=422)  # fmt: skip
    with acting_as(actor):
        _refuse_second_confirmation(pack, kind, key, row.fingerprint)
        confirmation = SourceConfirmation(
            pack=pack, kind=kind, key=key, fingerprint=row.fingerprint, title_zh=row.title["zh"][:300],
            title_en=row.title["en"][:300], text_status=text_status, link=link, note=note.strip(),
            first_by=actor.label, first_at=clock.now(),
        )
        try:
            with transaction.atomic():
                confirmation.save(force_insert=True)
        except IntegrityError:  # somebody else was faster by a moment
            _refuse_second_confirmation(pack, kind, key, row.fingerprint)
            raise
    return _ref(confirmation)


def _link(link: str) -> str:
    link = (link or "").strip()
    if not link:
        raise Refusal("source.link_missing", _("There is no address of the source."), field="link", status=422,
                      cure=_("Give the address at which the second person can read the text."))  # fmt: skip
    try:
        _is_address(link)
    except ValidationError:
        link = ""
    if not link or len(link) > LINK_LIMIT:
        raise Refusal("source.link_invalid", _("This is no address of a page."), field="link", status=422,
                      cure=_("Copy the whole address, beginning with https://."))  # fmt: skip
    return link


def _row_or_refuse(kind: str, pack: str, key: str) -> SourceRow:
    if kind not in SourceKind.values:
        raise Refusal("source.kind", _("There is no such kind of source."), field="kind", status=422,
                      cure=_("Use one of: %(values)s.") % {"values": ", ".join(SourceKind.values)})  # fmt: skip
    if not key or len(key) > 200:
        raise Refusal("source.unknown", _("There is no such row."), field="key", status=404,
                      cure=_("Choose a row of the list of unconfirmed sources."))  # fmt: skip
    row = source_row(kind, key, pack=pack)
    if row is None:
        raise Refusal("source.unknown", _("There is no such row."), field="key", status=404,
                      cure=_("Choose a row of the list of unconfirmed sources."))  # fmt: skip
    if row.text_status == TextStatus.CONVENTION:
        raise Refusal("source.convention", _("A house convention has no source that could be confirmed."),
                      field="key", cure=_("It is in force as an open convention."))  # fmt: skip
    if row.verified:
        raise Refusal("source.already_confirmed", _("This source is confirmed already."), field="key",
                      cure=_("Nothing has to be done."))  # fmt: skip
    return row


def _refuse_second_confirmation(pack: str, kind: str, key: str, fingerprint: str) -> None:
    found = SourceConfirmation.objects.open().filter(pack=pack, kind=kind, key=key, fingerprint=fingerprint).first()
    if found is None:
        return
    if found.second_at is not None:
        raise Refusal("source.already_confirmed", _("This source is confirmed already."), field="key",
                      cure=_("Nothing has to be done."))  # fmt: skip
    raise Refusal("source.waiting", _("Somebody has seen this source already; it waits for a second person."),
                  field="key", cure=_("Countersign it instead."))  # fmt: skip


def source_countersign(*, actor: Principal, confirmation_id: int) -> ConfirmationRef:
    """Say that you have seen the same source. From now on the row counts as verified, in every process.

    Refuses: no permission, the person who signed first, a confirmation that is complete or withdrawn, and a row that
    changed since the first signature.
    """
    require(actor, "source.countersign")
    with acting_as(actor):
        row = _locked(confirmation_id)
        if row.second_at is not None:
            raise Refusal("source.already_confirmed", _("This source is confirmed already."),
                          cure=_("Nothing has to be done."))  # fmt: skip
        if row.first_by == actor.label:
            raise Refusal("source.same_person", _("You signed this source first; a second person has to see it."),
                          cure=_("Ask a supervisor who has read the text at its address."))  # fmt: skip
        _refuse_changed(row)
        row.second_by, row.second_at = actor.label, clock.now()
        row.save(update_fields=["second_by", "second_at"])
    return _ref(row)


def _refuse_changed(row: SourceConfirmation) -> None:
    present = source_row(row.kind, row.key, pack=row.pack)
    if present is None or present.fingerprint != row.fingerprint:
        raise Refusal("source.changed", _("The row has changed since the first person saw its source."),
                      cure=_("Withdraw this confirmation and begin again with the present text."))  # fmt: skip


def source_unconfirm(*, actor: Principal, confirmation_id: int, why: str) -> ConfirmationRef:
    """Withdraw a confirmation, complete or not; the row no longer counts as verified from now on.

    The person who signed first may withdraw while nobody has countersigned. Refuses: no permission, no reason, one
    that is withdrawn already.
    """
    with acting_as(actor):
        row = _locked(confirmation_id)
        if not (row.second_at is None and row.first_by == actor.label):
            require(actor, "source.unconfirm")
        if not why.strip():
            raise Refusal("source.why_missing", _("There is no reason."), field="why", status=422,
                          cure=_("Say why the source no longer counts as confirmed."))  # fmt: skip
        row.withdrawn_by, row.withdrawn_at, row.withdrawn_why = actor.label, clock.now(), why.strip()
        row.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawn_why"])
    return _ref(row)


def _locked(confirmation_id: int) -> SourceConfirmation:
    row: SourceConfirmation | None = SourceConfirmation.objects.select_for_update().filter(pk=confirmation_id).first()
    if row is None:
        raise NotYours("confirmation")
    if row.withdrawn_at is not None:
        raise Refusal("source.withdrawn", _("This confirmation was withdrawn."),
                      cure=_("Begin again with the present text."))  # fmt: skip
    return row


def _ref(row: SourceConfirmation) -> ConfirmationRef:
    return ConfirmationRef(row.pk, row.kind, row.key, row.second_at is not None)
