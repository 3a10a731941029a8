"""Write rules as staff: draft, submit, approve by a second person. What is in force is never edited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from common import clock
from common.db.acting import acting_as
from common.db.sqlfiles import sql_text
from common.errors import NotYours, Refusal
from common.principal import Principal
from common.transitions import transition_apply, transition_record
from rulebook.choices import DraftPurpose, DraftState, Origin
from rulebook.home import home
from rulebook.models import RuleDraft, RuleVersion
from rulebook.permissions import permits, require
from rulebook.services.drafting import TEXT_LIMIT, draft_report, end_written, require_sound
from rulebook.services.rows import rule_row
from rulebook.workflow import RULE_DRAFT


@dataclass(frozen=True)
class DraftRef:
    """A draft as the caller may hold it; `revision` goes back with the next save."""

    id: int
    revision: int
    state: str
    rule_id: str
    rule_version_id: int | None = None


def draft_create(*, actor: Principal, text: str = "", rule_id: str = "", pack: str = "") -> DraftRef:
    """Begin a draft from a text, or from the present version of a rule. Refuses without permission, unknown rules."""
    require(actor, "rule.edit")
    pack = pack or home().pack
    with acting_as(actor):
        base = _present(pack, rule_id) if rule_id else None
        if rule_id and base is None:
            raise _unknown_rule()
        return _new(actor, pack, text if base is None else base.source_text, base)


def withdrawal_create(
    *, actor: Principal, rule_id: str, ends_on: date, reason: str, pack: str = ""
) -> DraftRef:
    """Begin to end a rule from a day on: a draft of the same text with an end, for a second person to approve.

    Refuses: no permission, an unknown rule, no reason, a day that is not after the rule's first day.
    """
    require(actor, "rule.edit")
    pack = pack or home().pack
    if not reason.strip():
        raise Refusal("rule_draft.reason_missing", _("There is no reason."), field="reason", status=422,
                      cure=_("Say why the rule ends."))  # fmt: skip
    with acting_as(actor):
        base = _present(pack, rule_id)
        if base is None:
            raise _unknown_rule()
        if base.valid_from is not None and ends_on <= base.valid_from:
            raise Refusal("rule_draft.end_before_start", _("A rule cannot end before it began."), field="ends_on",
                          cure=_("Choose a day after %(day)s.") % {"day": base.valid_from}, status=422)  # fmt: skip
        return _new(actor, pack, end_written(base.source_text, ends_on), base, reason=reason.strip(), ends_on=ends_on)


def _unknown_rule() -> Refusal:
    return Refusal("rule.unknown", _("There is no such rule."), field="rule_id", status=404,
                   cure=_("Choose one of the list."))  # fmt: skip


def _present(pack: str, rule_id: str) -> RuleVersion | None:
    found: RuleVersion | None = RuleVersion.objects.newest().filter(pack=pack, rule_id=rule_id).first()
    return found


def _new(
    actor: Principal, pack: str, text: str, base: RuleVersion | None, *, reason: str = "", ends_on: date | None = None
) -> DraftRef:
    _refuse_long(text)
    draft = RuleDraft(
        pack=pack, text=text, base=base, author=actor.label, editors=[actor.label], changed_at=clock.now(),
        reason=reason, ends_on=ends_on, purpose=DraftPurpose.WITHDRAWAL if ends_on else DraftPurpose.TEXT,
    )
    _name(draft, pack)
    draft.save(force_insert=True)
    transition_record(workflow=RULE_DRAFT, pk=draft.pk, verb="create", source="", target=draft.state, actor=actor)
    return _ref(draft)


def _refuse_long(text: str) -> None:
    if len(text) > TEXT_LIMIT or "\x00" in text:
        raise Refusal("rule_draft.text", _("The text is too long, or contains a NUL character."), field="text",
                      cure=_("One rule is one short text."), status=422)  # fmt: skip


def _name(draft: RuleDraft, pack: str) -> None:
    """Id and titles for the list, as far as the text can be read."""
    rule = draft_report(draft.text, pack=pack).rule
    if rule is not None:
        draft.rule_id, draft.title_zh, draft.title_en = rule.id, rule.title["zh"][:300], rule.title["en"][:300]


def draft_save(*, actor: Principal, draft_id: int, text: str, revision: int, reason: str = "") -> DraftRef:
    """Keep a new text of a draft; it need not be sound yet.

    `revision` is the one the editor started from: when somebody saved in between, nothing is kept and the refusal
    says who and when. Refuses also: no permission, a draft that is not in the state draft, a text that is too long.
    """
    require(actor, "rule.edit")
    _refuse_long(text)
    with acting_as(actor):
        draft = _editable(draft_id, revision)
        draft.text, draft.reason = text.replace("\r\n", "\n"), reason.strip()
        _name(draft, draft.pack)
        return _saved(actor, draft)


def draft_rebase(*, actor: Principal, draft_id: int, revision: int) -> DraftRef:
    """Say that the text was compared with the present version of its rule and is meant to follow it."""
    require(actor, "rule.edit")
    with acting_as(actor):
        draft = _editable(draft_id, revision)
        draft.base = _present(draft.pack, draft.rule_id)
        return _saved(actor, draft)


def _editable(draft_id: int, revision: int) -> RuleDraft:
    draft = RuleDraft.objects.select_for_update(of=("self",)).filter(pk=draft_id).first()
    if draft is None:
        raise NotYours("rule_draft")
    if draft.state != DraftState.DRAFT:
        raise Refusal("rule_draft.not_editable", _("Only a draft can be changed; this one is not a draft any more."),
                      field="state", cure=_("Take it back first, or begin a new draft."))  # fmt: skip
    _refuse_stale(draft, revision)
    return draft


def _refuse_stale(draft: RuleDraft, revision: int) -> None:
    if draft.revision != revision:
        raise Refusal(
            "rule_draft.changed_meanwhile",
            _("Somebody else saved this draft at %(moment)s; your text was not kept.")
            % {"moment": draft.changed_at.astimezone(clock.LEGAL_ZONE).strftime("%Y-%m-%d %H:%M")},
            field="revision", cure=_("Compare the two texts below, take over what you need, and save again."),
        )


def _saved(actor: Principal, draft: RuleDraft) -> DraftRef:
    draft.revision += 1
    draft.changed_at = clock.now()
    draft.editors = sorted({*draft.editors, actor.label})
    draft.save()
    return _ref(draft)


def draft_step(
    *, actor: Principal, draft_id: int, verb: str, revision: int, note: str = "", accepts_past: bool = False
) -> DraftRef:
    """Take a step: submit, discard, take_back, reject (with a reason) or approve.

    Approving checks everything again and makes a new immutable version that staff made. Refuses: wrong state, no
    permission, a text that changed since it was shown, the author or any editor as second person, an unsound text,
    a text that changes nothing, a rule that has a newer version than the one copied, no reason for a rejection. A
    first or last day in the past needs `accepts_past` and a note that says why.
    """
    with acting_as(actor):
        pack = RuleDraft.objects.filter(pk=draft_id).values_list("pack", flat=True).first()
        if pack is None:
            raise NotYours("rule_draft")
        with connection.cursor() as cursor:  # one change of a pack at a time, like a load
            cursor.execute(sql_text("rulebook", "lock_pack"), [f"pack:{pack}"])
        draft = transition_apply(
            actor=actor, workflow=RULE_DRAFT, model=RuleDraft, pk=draft_id, verb=verb, permits=permits,
            guards=_guards(actor, revision, note, accepts_past=accepts_past), note=note.strip(),
        )
        if verb == "approve":
            _put_in_force(actor, draft)
        return _ref(draft)


def _guards(actor: Principal, revision: int, note: str, *, accepts_past: bool) -> Mapping[str, Any]:
    def sound(draft: RuleDraft) -> None:
        _refuse_stale(draft, revision)
        require_sound(draft.text, pack=draft.pack)

    def reason(_draft: RuleDraft) -> None:
        if not note.strip():
            raise Refusal("rule_draft.reason_missing", _("There is no reason."), field="note", status=422,
                          cure=_("Tell the author what to change."))  # fmt: skip

    def past_day(draft: RuleDraft) -> None:
        _refuse_past(draft, is_accepted=accepts_past and bool(note.strip()))

    return {
        "sound": sound, "reason": reason, "second_person": partial(_refuse_editor, actor), "present_base": _refuse_old,
        "changed": _refuse_same, "past_day": past_day,
    }


def _refuse_same(draft: RuleDraft) -> None:
    copied = draft.base if draft.base is not None and draft.base.rule_id == draft.rule_id else None
    if copied is not None and copied.source_text.strip() == draft.text.strip():
        raise Refusal("rule_draft.nothing_changed", _("The text is the same as the version it was copied from."),
                      field="text", cure=_("Change it and save, or discard the draft."), status=422)  # fmt: skip


def past_day(draft: RuleDraft) -> date | None:
    """The day in the past from which a draft would count, backwards; None when nothing reaches back."""
    rule = draft_report(draft.text, pack=draft.pack).rule
    day = draft.ends_on or (rule.valid_from if rule is not None else None)
    return day if day is not None and day < clock.today() else None


def _refuse_past(draft: RuleDraft, *, is_accepted: bool) -> None:
    day = past_day(draft)
    if day is not None and not is_accepted:
        raise Refusal(
            "rule_draft.past_day", _("It counts from %(day)s, which is past.") % {"day": day}, field="accepts_past",
            cure=_("Tick that filings of that time are judged by it when checked again, and say why."), status=422,
        )


def _refuse_editor(actor: Principal, draft: RuleDraft) -> None:
    if actor.label in draft.editors or actor.label == draft.author:
        raise Refusal("rule_draft.same_person", _("You wrote on this draft; a second person has to approve it."),
                      status=403, cure=_("Ask another supervisor."))  # fmt: skip


def _refuse_old(draft: RuleDraft) -> None:
    present = _present(draft.pack, draft.rule_id)
    base_id = draft.base_id if draft.base is not None and draft.base.rule_id == draft.rule_id else None
    if (present.pk if present else None) != base_id:
        raise Refusal(
            "rule_draft.moved_on", _("The rule has a newer version than the one this draft was copied from."),
            field="base", cure=_("Compare with the present version, then press “Follow the present version”."),
        )


def _put_in_force(actor: Principal, draft: RuleDraft) -> None:
    """The new version; earlier drafts of a rule that ends are marked as withdrawn."""
    rule = draft_report(draft.text, pack=draft.pack).rule
    if rule is None:  # the guard has just read it
        raise Refusal("rule_draft.unsound", _("The text cannot be read."), field="text", status=422)
    draft.result = RuleVersion.objects.create(pack=draft.pack, origin=Origin.STAFF, **rule_row(rule))
    draft.save(update_fields=["result"])
    if draft.purpose == DraftPurpose.WITHDRAWAL:
        earlier = RuleDraft.objects.filter(pack=draft.pack, rule_id=draft.rule_id, state=DraftState.APPROVED)
        for pk in earlier.exclude(pk=draft.pk).order_by("pk").values_list("pk", flat=True):
            transition_apply(
                actor=actor, workflow=RULE_DRAFT, model=RuleDraft, pk=pk, verb="withdraw", permits=permits,
                note=draft.reason,
            )


def _ref(draft: RuleDraft) -> DraftRef:
    return DraftRef(draft.pk, draft.revision, draft.state, draft.rule_id, draft.result_id)
