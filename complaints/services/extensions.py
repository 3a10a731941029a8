"""More time for a complex complaint: within the rule, approved by a supervisor, told to the complainant."""

from collections.abc import Mapping

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common import clock
from common.db.acting import acting_as
from common.errors import Refusal
from common.principal import Principal
from complaints.choices import ClockKey
from complaints.models import Complaint
from complaints.services.clocks import clocks_read, clocks_refresh, running_due
from complaints.services.notices import complainant_tell
from complaints.services.steps import step


def clock_extend(*, actor: Principal, complaint_id: int, reason: str, key: str = ClockKey.FIRST_ANSWER) -> str:
    """Grant the next extension that the clock's own rule allows; returns the new date (ISO).

    The supervisor who grants it is its approver; the complainant is told in the same transaction. Refuses without
    permission, without a reason, for a clock that is met or has run out, and when the rule allows no further
    extension. Source: CBIRC Order 3 of 2020 (15 days, +15 when complex, +30 when specially complex).
    """
    if not reason.strip():
        raise _refusal("reason_missing", _("Say why more time is needed."), _("The complainant will read it."), 422)
    with acting_as(actor):
        moment = clock.now().isoformat()
        data = {"clock": key, "approver": actor.label, "notified_at": moment}
        row = step(actor=actor, pk=complaint_id, verb="extend", note=reason.strip()[:500], data=data)
        before = _running(row, key)
        clocks_refresh(row)
        after = running_due(row, key)
        if after == before:  # the reading says why; the transaction and its history row go with this refusal
            raise _refusal("no_extension", _("The rule of this clock allows no further extension."), _why(row, key))
        complainant_tell(row, "extended", date=after)
    return after


def _running(row: Complaint, key: str) -> str:
    found = running_due(row, key)
    if found == "–":
        raise _refusal("clock_not_running", _("This clock does not run."), _("Choose a clock that still runs."))
    return found


def _why(row: Complaint, key: str) -> str:
    texts = [read.reading.refused[-1] for read in clocks_read(row) if read.row.key == key and read.reading.refused]
    return str(_("Decide in time, or let it pass upwards.")) if not texts else _in_language(texts[-1])


def _in_language(text: Mapping[str, str]) -> str:
    return text["zh" if (get_language() or "").startswith("zh") else "en"]


def _refusal(code: str, message: object, cure: object, status: int = 409) -> Refusal:
    return Refusal(f"complaint.{code}", message, field="clock", cure=cure, status=status)
