"""Two at once: one agenda item, one meeting, one grant."""

import pytest

from common.db.acting import acting_as
from regulators import services
from regulators.models import AgendaItem, Authority, JointMeeting, ObjectAccess
from tests.factories.regulators import SYSTEM, as_principal, at_once, small_map

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_same_matter_proposed_at_once_stands_once_on_the_agenda() -> None:
    def propose() -> services.Proposed:
        return services.agenda_item_propose(
            actor=SYSTEM,
            meeting_quarter="2017Q3",
            subject="case:1",
            title={"zh": "甲", "en": "A"},
            kind="important_matter",
        )

    results = at_once(*(as_principal(SYSTEM, propose) for _ in range(4)))
    assert sorted(result.created for result in results) == [False, False, False, True]
    with acting_as(SYSTEM):
        assert (JointMeeting.objects.count(), AgendaItem.objects.count()) == (1, 1)


def test_an_object_shared_at_once_is_shared_once() -> None:
    with acting_as(SYSTEM):
        small_map()
        body = Authority.objects.get(code="MPS").pk

    def share() -> int:
        return services.object_share(actor=SYSTEM, object_kind="case", object_id=7, authority_id=body, reason="x")

    results = at_once(*(as_principal(SYSTEM, share) for _ in range(4)))
    with acting_as(SYSTEM):
        assert set(results) == {ObjectAccess.objects.get().pk}
