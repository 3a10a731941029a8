"""Two at once: one case, one officer."""

import pytest

from cases import services
from cases.models import Case
from common.db.acting import acting_as
from common.errors import Refusal
from common.transitions import transitions_of
from tests.factories.cases import SYSTEM, opened
from tests.factories.platforms import registered
from tests.factories.regulators import as_principal, at_once, officer, small_map

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_events_at_once_open_one_case() -> None:
    with acting_as(SYSTEM):
        small_map()
        platform = registered().platform_id
    verbs = [as_principal(SYSTEM, lambda: opened(platform)) for _ in range(4)]
    results = at_once(*verbs)
    assert sorted(result.created for result in results) == [False, False, False, True]
    with acting_as(SYSTEM):
        assert Case.objects.count() == 1
        assert len(transitions_of("case", Case.objects.get().pk)) == 1


def test_two_officers_at_once_end_with_one_in_charge() -> None:
    with acting_as(SYSTEM):
        small_map()
        case_id = opened(registered().platform_id).case_id
        first, second = officer("NFRA"), officer("NFRA")
    results = at_once(
        *(
            as_principal(who, lambda who=who: services.case_assign(actor=who, case_id=case_id))  # type: ignore[misc]
            for who in (first, second)
        )
    )
    with acting_as(SYSTEM):
        row = Case.objects.get()
        steps = transitions_of("case", case_id)
    taken = [result for result in results if isinstance(result, Refusal)]
    assert [refusal.code for refusal in taken] == ["case.taken"]
    assert [step.verb for step in steps] == ["open", "assign"]
    assert (row.state, row.assignee_id) == ("assigned", steps[-1].data["officer_id"])
