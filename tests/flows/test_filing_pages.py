"""For those who file: templates in words and the calendar of a business line, open to everyone, nobody's own data."""

from datetime import date

import pytest
from django.test import Client
from django.utils import translation

from analytics.contracts import TEMPLATE_NAMES, templates
from common import clock
from common.principal import system_principal
from platforms.choices import BusinessLine
from platforms.models import Filing
from platforms.public.filing import column_shown, kind_word, unit_words
from platforms.selectors.duties import duties_due
from rulebook.services import pack_load
from tests.factories import platforms as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def law() -> None:
    pack_load(actor=system_principal("test"), pack="cn")


def read(path: str, language: str = "en") -> str:
    answer = Client().get(path, headers={"accept-language": language})
    assert answer.status_code == 200, path
    return answer.content.decode()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_template_has_a_page_with_its_columns(law: None, language: str) -> None:
    home = read("/filing/", language)
    for contract in templates():
        assert f"/filing/templates/{contract.name}/" in home
        page = read(f"/filing/templates/{contract.name}/", language)
        for column in contract.columns:
            assert f">{column.name}</span>" in page


def test_a_template_page_says_who_when_and_which_rules(law: None) -> None:
    with clock.frozen("2017-07-10"):
        page = read("/filing/templates/loan_book/")
    assert "10 working days after the period" in page
    assert "Period 2017-06, P2P lending: due on 2017-07-14" in page
    assert '/rules/SPCL-01-void/"' in page
    assert "borrower_token" in page


def test_what_no_template_is_called_is_not_found(law: None) -> None:
    for name in ("nothing", "currencies"):
        assert Client().get(f"/filing/templates/{name}/").status_code == 404


def test_the_calendar_of_a_line_counts_from_the_rulebook_alone(law: None) -> None:
    filer = make.filer()
    filer.open("loan_book")
    with clock.frozen("2017-07-10"):
        duties = duties_due("p2p_lending", date(2017, 7, 10), date(2017, 8, 10))
        page = read("/filing/calendar/?line=p2p_lending&since=2017-07-10")
    found = {(duty.template, duty.period): duty.due_on for duty in duties}
    assert found["loan_book", "2017-06"] == date(2017, 7, 14)
    assert found["fund_ledger", "2017-07"] == date(2017, 8, 7)  # a period that has not ended yet
    assert found["depository_statement", "2017-07"] == date(2017, 8, 7)
    assert all(date(2017, 7, 10) <= day <= date(2017, 8, 10) for day in found.values())
    assert "payment_accounts" not in {duty.template for duty in duties}
    assert page.count('datetime="2017-07-14"') >= 2
    assert str(Filing.objects.get().public_id) not in page
    assert "counted" in page


def test_a_day_that_is_none_and_a_line_nobody_knows_give_today_and_the_first_line(law: None) -> None:
    with clock.frozen("2017-07-10"):
        for query in ("since=yesterday", "since=9999-12-31", "line=nothing", "since=0001-01-01"):
            page = read(f"/filing/calendar/?{query}")
            assert "P2P lending: due from 2017-07-10" in page, query


def test_every_kind_and_unit_of_column_has_words_in_both_languages() -> None:
    columns = [column for contract in templates() for column in contract.columns]
    for language in ("en", "zh-hans"):
        with translation.override(language):
            assert all(kind_word(column) and column_shown(column).title for column in columns)
            missing = {column.unit for column in columns} - set(unit_words()) - {"", "currency", "percent", "USD"}
            assert missing == set()
    assert len(TEMPLATE_NAMES) == 19
    assert BusinessLine.values[0] == "p2p_lending"
