"""What the panel beside the editor shows: problems by line, examples, comparison."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from common import clock
from common.principal import Principal
from rulebook import selectors, services
from rulebook.models import RuleDraft
from rulebook.permissions import PERMISSIONS
from rulebook.selectors import DiffLine
from rulebook.services import DraftReport
from rulebook.wording import problem_said, said

OUTCOMES = ("passed", "failed", "not_evaluable")


@dataclass
class Looked:
    """One look at a text. What was not asked for stays empty."""

    do: str
    report: DraftReport
    problems: list[dict[str, Any]] = field(default_factory=list)
    examples: list[dict[str, Any]] | None = None
    diff: tuple[DiffLine, ...] | None = None
    hints: list[str] = field(default_factory=list)

    @property
    def wrong_lines(self) -> str:
        """The lines to mark, for the script."""
        return ",".join(str(item["line"]) for item in self.problems)

    @property
    def right(self) -> int:
        """Examples that come out as written."""
        return sum(1 for item in self.examples or [] if item["is_right"])


def looked_at(actor: Principal, draft: RuleDraft, text: str, do: str) -> Looked:
    """Look at a text: check, examples, compare or both (review). Only those who may write or approve run things."""
    report = services.draft_report(text, pack=draft.pack)
    looked = Looked(do, report, [_problem(item) for item in report.problems])
    may_run = actor.kind == "system" or bool(actor.roles & (PERMISSIONS["rule.edit"] | PERMISSIONS["rule.approve"]))
    if report.rule is not None:
        looked.hints = _hints(report, draft)
    if do in ("examples", "review") and report.rule is not None and may_run:
        looked.examples = [_example(item) for item in services.draft_examples(report.rule, pack=draft.pack)]
    if do in ("compare", "review"):
        looked.diff = selectors.text_diff(_other_text(draft), text)
    return looked


def _other_text(draft: RuleDraft) -> str:
    """The version copied, once the draft became a version; the present version before."""
    if draft.result_id is not None:
        return str(draft.base.source_text) if draft.base is not None else ""
    present = selectors.rule_current(draft.rule_id, draft.pack) if draft.rule_id else None
    return present.rule.source_text if present is not None and present.rule is not None else ""


def _problem(item: Any) -> dict[str, Any]:
    return {"line": item.line, "message": problem_said(item.message), "cure": problem_said(item.cure)}


def _example(item: Any) -> dict[str, Any]:
    words = {"passed": _("passes"), "failed": _("fails"), "not_evaluable": _("cannot be judged")}
    return {
        "name": said(item.name), "on": item.on, "line": item.line, "is_right": item.is_right,
        "expected": words.get(item.expected, item.expected), "outcome": words.get(item.outcome, item.outcome),
        "differences": [problem_said(text) for text in item.differences],
    }


def _hints(report: DraftReport, draft: RuleDraft) -> list[str]:
    """What is right but worth a second look."""
    rule, today, hints = report.rule, clock.today(), []
    if rule is None:
        return []
    if not rule.enabled:
        hints.append(_("The source is not confirmed, so the rule will give no findings until two persons confirm it."))
    if rule.basis.verified and draft.state in ("draft", "submitted"):
        hints.append(_("Whoever approves also signs that the source was seen: the text says it is verified."))
    if rule.valid_from < today:
        hints.append(
            _("It holds from %(day)s, which is past: filings of that time that are checked again are judged by it.")
            % {"day": rule.valid_from}
        )
    if not all(example.is_bilingual for example in rule.examples):
        hints.append(_("An example has a name in one language only; write name: {zh: …, en: …}."))
    if not rule.examples and rule.form != "question":
        hints.append(_("There is no example yet; one that passes and one that fails are needed."))
    return hints
