"""A complaint changes hands between authorities; its dates and its text stay as they are."""

import pytest

from common import clock
from common.db.acting import acting_as
from common.errors import Refusal
from common.transitions import transitions_of
from complaints.models import Complaint
from regulators import services
from regulators.models import Authority, HandOver
from tests.factories import complaints as make
from tests.factories.coordination import KEYS
from tests.factories.rulebook import terms_loaded

pytestmark = pytest.mark.django_db


def test_an_accepted_complaint_belongs_to_the_receiver_and_no_date_moves() -> None:
    with clock.frozen("2017-07-10T09:00+08:00"):
        make.ground()
        found = make.filed()
        terms_loaded(*KEYS)
        row = make.row_of(found)
        sender, stranger = make.officer_in_charge(found), make.officer_of("PBOC")
        dates = list(row.clocks.order_by("pk").values_list("due_on", "met_at"))
        receiver_id = Authority.objects.get(code="PBOC").pk
        arguments = {"subject": f"complaint:{row.pk}", "to_authority_id": receiver_id, "reason": "涉及支付业务"}
        with acting_as(stranger), pytest.raises(Refusal) as refused:
            services.handover_offer(actor=stranger, **arguments)
        assert (refused.value.code, HandOver.objects.count()) == ("not_found", 0)
        with acting_as(sender):
            pk = services.handover_offer(actor=sender, **arguments)
        with acting_as(stranger):
            assert Complaint.objects.filter(pk=row.pk).exists()
            services.handover_accept(actor=stranger, handover_id=pk)
        after = Complaint.objects.get(pk=row.pk)
        assert (after.owner_authority_id, after.state) == (receiver_id, row.state)
        assert list(after.clocks.order_by("pk").values_list("due_on", "met_at")) == dates
        assert transitions_of("complaint", row.pk)[-1].verb == "hand_over"
        assert row.number in HandOver.objects.get().title_en
        with acting_as(sender):
            assert Complaint.objects.filter(pk=row.pk).exists()
