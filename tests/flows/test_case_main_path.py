"""The main path on the shipped pack: a real rule fails, one body leads the case, the licensing body sees it too."""

import pytest

from cases import services
from cases.models import Case
from cases.selectors import case_file, desk_for
from common import clock
from common.db.acting import acting_as
from common.jobs import jobs_drain
from common.outbox import events_drain
from regulators import selectors as regulators
from regulators import services as regulator_services
from rulebook.services import pack_load
from tests.factories import platforms as make
from tests.factories.regulators import SYSTEM, officer

pytestmark = pytest.mark.django_db


def test_a_borrower_over_the_limit_becomes_a_case_with_evidence_law_and_lead() -> None:
    # 2017-09: after the twelve months in which the 2016 measures let platforms put things right
    with clock.frozen("2017-10-10"):
        pack_load(actor=SYSTEM, pack="cn")
        regulator_services.authorities_load(actor=SYSTEM)
        regulator_services.mandates_load(actor=SYSTEM)
        filer = make.filer(name="测试平台甲")
        over_limit = {"principal_amount": "300000.00", "outstanding_principal": "300000.00"}
        rows = [
            make.loan(issue_month="2017-09"),
            make.loan(issue_month="2017-09", loan_id="L-2", borrower_token="bt-000000000002", **over_limit),
        ]
        filer.file(make.csv_of(make.indicators(report_month="2017-09")), period="2017-09")
        filer.file(make.csv_of(*rows), template="loan_book", period="2017-09")
        while jobs_drain() + events_drain():  # a check may ask for a comparison, a comparison for another check
            pass
        lead, licence, stranger = officer("CBRC"), officer("LFO-110000"), officer("CSRC")
        case = Case.objects.get()
        for reader in (lead, licence):
            with acting_as(reader):
                file = case_file(reader, Case.objects.get())
            over = next(item for item in file.evidence if item.measured.startswith("300,000"))
            assert (over.threshold, over.is_verified) == ("200,000.00", True)
            assert "网络借贷信息中介机构业务活动管理暂行办法" in over.instrument
            compared = {item.indicator: (item.reported, item.recomputed) for item in file.compared}
            assert compared["期末待还余额"] == ("582300000.00", "412500.00")
        with acting_as(stranger):
            assert Case.objects.count() == 0
        assert (case.competence, desk_for(lead).counts["waiting"]) == ("decided", 1)
        owner = regulators.authority_ref(case.owner_authority_id or 0)
        assert owner is not None
        assert owner.code == "CBRC"
        assert "LFO-110000" in {ref.code for ref in regulators.sharing_of("case", case.pk)}
        with acting_as(lead):
            services.case_assign(actor=lead, case_id=case.pk)
            assert [row.platform_name for row in desk_for(lead).mine] == ["测试平台甲"]
