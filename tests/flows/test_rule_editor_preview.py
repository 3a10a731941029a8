"""The editor's preview: a draft is tried on the accepted filings of real platforms, and nothing is stored."""

from datetime import date, datetime

import pytest

from common import clock
from common.jobs import jobs_drain
from common.principal import Principal
from platforms.models import Finding
from rulebook.admin.looking import looked_at
from rulebook.models import RuleDraft, RuleVersion
from rulebook.services import draft_create
from tests.factories import platforms as make
from tests.factories import rulebook as rules

pytestmark = pytest.mark.django_db
IN_TIME = datetime(2017, 7, 10, 9, tzinfo=clock.LEGAL_ZONE)
AUTHOR = Principal(kind="staff", label="user:1", user_id=1, roles=frozenset({"officer"}))


@pytest.fixture
def filed() -> None:
    """Two accepted loan books: one borrower above the limit of the law at the first platform, none at the second."""
    rules.cn_loaded()
    with clock.frozen(IN_TIME):
        for name, amount in (("测试平台甲", "250000.00"), ("测试平台乙", "100000.00")):
            loan = make.loan(
                loan_id="L-1", borrower_token="bt-000000000001", principal_amount=amount, outstanding_principal=amount
            )
            make.filer(name=name).file(make.csv_of(loan), "loan_book")
        jobs_drain()


def test_a_stricter_draft_shows_platforms_before_and_after(filed: None) -> None:
    made = draft_create(actor=AUTHOR, rule_id="P2P16-17")
    draft = RuleDraft.objects.get(pk=made.id)
    stricter = draft.text.replace("HAVING SUM", "HAVING 4 * SUM")
    before = (Finding.objects.count(), RuleVersion.objects.count())
    with clock.frozen(IN_TIME):
        looked = looked_at(AUTHOR, draft, stricter, "filings", on=date(2017, 6, 30))
    assert looked.refusal == ""
    assert looked.filings is not None
    assert (looked.filings.filings, looked.filings.before, looked.filings.after) == (2, 1, 2)
    assert [(row.name, row.before, row.after) for row in looked.shown_platforms] == [
        ("测试平台乙", 0, 1), ("测试平台甲", 1, 1),
    ]  # fmt: skip
    assert (Finding.objects.count(), RuleVersion.objects.count()) == before


def test_an_unsound_draft_and_a_reader_without_the_role_try_nothing(filed: None) -> None:
    made = draft_create(actor=AUTHOR, rule_id="P2P16-17")
    draft = RuleDraft.objects.get(pk=made.id)
    assert looked_at(AUTHOR, draft, draft.text.replace("SUM(", "SUMM("), "filings").filings is None
    auditor = Principal(kind="staff", label="user:2", user_id=2, roles=frozenset({"auditor"}))
    assert looked_at(auditor, draft, draft.text.replace("HAVING SUM", "HAVING 4 * SUM"), "filings").filings is None
