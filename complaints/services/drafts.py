"""Drafts: saved without an account, continued with a code, gone after 14 days."""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from common import clock
from common.db.acting import acting_as
from common.errors import Refusal
from common.ids import normalise_receipt, receipt_number, uuid7
from common.principal import Principal, system_principal
from common.vault import blind_index, person_forget, vault_open, vault_seal
from complaints.models import ComplaintDraft

KEEP_DAYS = 14
MAX_CHARS = 40_000
_ACTOR = system_principal("complaints.drafts")


@dataclass(frozen=True)
class DraftSaved:
    """What the writer needs to come back."""

    code: str
    expires_at: datetime


@dataclass(frozen=True)
class DraftContent:
    """A draft that was found."""

    body: dict[str, Any]
    language: str
    expires_at: datetime


def _code_hash(code: str) -> str:
    return blind_index("complaint.draft", normalise_receipt(code))


def _usable(code: str) -> ComplaintDraft | None:
    return ComplaintDraft.objects.usable_at(clock.now()).filter(code_hash=_code_hash(code)).first()


def draft_save(*, actor: Principal, body: dict[str, Any], language: str, code: str = "") -> DraftSaved:
    """Keep what was typed so far, sealed, for 14 days; with the code of a living draft, replace that one.

    Refuses more than 40,000 characters. Attachments are not part of a draft.
    """
    text = json.dumps(body, ensure_ascii=False)
    if len(text) > MAX_CHARS:
        raise Refusal(
            "draft.too_long", _("The draft is too long to be saved."), cure=_("Shorten the text."), status=413
        )
    expires_at = clock.now() + timedelta(days=KEEP_DAYS)
    with acting_as(_ACTOR):
        draft = _usable(code) if code else None
        if draft is None:
            code = receipt_number(4)
            draft = ComplaintDraft(code_hash=_code_hash(code), person=uuid7())
        draft.body_sealed = vault_seal(draft.person, text)
        draft.language = language
        draft.expires_at = expires_at
        draft.save()
    return DraftSaved(code=normalise_receipt(code), expires_at=expires_at)


def draft_resume(*, actor: Principal, code: str) -> DraftContent:
    """What a draft holds. Refuses with one and the same answer for a wrong, a used and an expired code."""
    with acting_as(_ACTOR):
        draft = _usable(code)
        if draft is None:
            raise Refusal(
                "draft.unknown",
                _("There is no draft with this code."),
                field="code",
                cure=_("Check the code. Drafts are kept for 14 days and end when the complaint is sent."),
                status=404,
            )
        body = json.loads(vault_open(draft.person, draft.body_sealed))
    return DraftContent(body=body, language=draft.language, expires_at=draft.expires_at)


def draft_discard(code: str) -> None:
    """End a draft whose complaint was sent: its key is destroyed, its row deleted. In the caller's transaction."""
    draft = _usable(code)
    if draft is not None:
        _end(draft)


def drafts_expire(*, actor: Principal) -> int:
    """Destroy the drafts whose time is over; returns how many. Running it twice changes nothing."""
    with acting_as(_ACTOR):
        expired = list(ComplaintDraft.objects.expired_at(clock.now()).select_for_update(skip_locked=True)[:500])
        for draft in expired:
            _end(draft)
    return len(expired)


def _end(draft: ComplaintDraft) -> uuid.UUID:
    person_forget(draft.person)
    draft.delete()
    return draft.person
