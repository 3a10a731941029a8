"""What the editor shows of a draft's trials on filings: how far the running one is, and what the last one found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common import clock
from common.principal import Principal
from rulebook.admin.people import person_names
from rulebook.models import RuleDraft
from rulebook.permissions import has_permission
from rulebook.pictures import rehearsal_svg
from rulebook.selectors import RehearsalShown, draft_rehearsals
from rulebook.wording import said

MOST_PLATFORMS, MOST_SKIPS = 25, 10


@dataclass
class Tried:
    """The trials of a draft for one reader; results are for those who may draft or approve."""

    on: date
    may_try: bool
    refusal: str = ""
    running: RehearsalShown | None = None
    ended: RehearsalShown | None = None
    asked_by: str = ""
    trouble: str = ""
    platforms: list[Mapping[str, Any]] = field(default_factory=list)
    more_platforms: int = 0
    skipped: list[tuple[str, str]] = field(default_factory=list)
    more_skipped: int = 0
    picture: SafeString | None = None

    @property
    def percent(self) -> int | None:
        """How much of the running trial is done; nothing before it knows."""
        if self.running is None or not self.running.total:
            return None
        return 100 * self.running.done // self.running.total


def tried(actor: Principal, draft: RuleDraft, text: str, *, on: date | None = None, refusal: str = "") -> Tried:
    """The trials of a draft beside a text; other readers than drafters and approvers see none."""
    may_try = has_permission(actor, "rule.rehearse")
    shown = Tried(on or clock.today(), may_try, refusal)
    if not may_try:
        return shown
    found = draft_rehearsals(draft, text)
    shown.running, shown.ended = found.running, found.ended
    newest = found.running or found.ended
    if newest is not None:
        shown.on = on or newest.on
        shown.asked_by = person_names([newest.asked_by])[newest.asked_by]
    if found.ended is not None:
        _fill(shown, found.ended)
    return shown


def _fill(shown: Tried, ended: RehearsalShown) -> None:
    result = ended.result or {}
    platforms = sorted(result.get("platforms", []), key=lambda row: (row["before"] - row["after"], row["name"]))
    shown.platforms, shown.more_platforms = platforms[:MOST_PLATFORMS], max(len(platforms) - MOST_PLATFORMS, 0)
    skipped = [(skip["what"], said(skip["reason"])) for skip in result.get("skipped", [])]
    shown.skipped = skipped[:MOST_SKIPS]
    shown.more_skipped = max(int(result.get("skips", len(skipped))) - MOST_SKIPS, 0)
    shown.picture = rehearsal_svg(platforms)
    if ended.state == "failed":
        shown.trouble = said(result["refusal"]) if "refusal" in result else _("The work broke down. Try again.")
