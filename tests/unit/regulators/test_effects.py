"""Before and after a rule: counts pushed once, figures exact, small numbers said aloud."""

import re
from dataclasses import replace
from datetime import date

import pytest
from django.utils import translation

from common import clock
from common.errors import Refusal
from regulators import services
from regulators.evaluation import MonthCount, compare, stretches
from regulators.models import AgendaItem, AgendaPaper, EffectCount
from regulators.selectors.effects import effect_of, rules_counted
from regulators.selectors.effects_wording import effect_sentences
from regulators.svg import effect_svg, effect_table
from tests.factories import rulebook
from tests.factories.regulators import SYSTEM, officer, small_map

RULE = "TEST-01"
SINCE = date(2017, 1, 1)


def month(number: int, findings: int | None, complaints: int, *, year: int = 2017, platforms: int = 50) -> MonthCount:
    return MonthCount(date(year, number, 1), findings, complaints, 1, 40, platforms, complaint_scope="rule")


BEFORE = [month(n, None, 20, year=2016) for n in range(7, 13)]
AFTER = [month(n, 8, 5) for n in range(1, 7)]


def test_rates_and_ratio_are_exact() -> None:
    found = compare([*BEFORE, *AFTER], SINCE, "complaints")
    assert (found.before.events, found.before.base, found.before.rate) == (120, 300, 40.0)
    assert (found.after.events, found.after.base, found.after.rate) == (30, 300, 10.0)
    assert found.ratio == pytest.approx(30.5 / 120.5)
    assert (found.low, found.high) == (pytest.approx(0.1701, abs=5e-5), pytest.approx(0.3766, abs=5e-5))
    assert found.verdict == "lower"


def test_months_without_the_rule_are_not_measured_instead_of_zero() -> None:
    found = compare([*BEFORE, *AFTER], SINCE, "findings")
    assert (found.before.months, found.before.rate, found.after.months, found.after.rate) == (0, None, 6, 20.0)
    assert (found.ratio, found.verdict) == (None, "not_measured")


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([*BEFORE[:2], *AFTER], "too_few"), ([*BEFORE, *AFTER[:2]], "too_few"),
        ([month(n, 1, 0, year=2016) for n in range(7, 13)] + [month(n, 1, 1) for n in range(1, 7)], "too_few"),
        ([*BEFORE, *(month(n, 8, 20) for n in range(1, 7))], "no_clear_change"),
        ([*BEFORE, *(month(n, 8, 60) for n in range(1, 7))], "higher"),
    ],
)  # fmt: skip
def test_small_numbers_and_overlapping_intervals_prove_nothing(rows: list[MonthCount], expected: str) -> None:
    assert compare(rows, SINCE, "complaints").verdict == expected


def quiet(number: int, findings: int | None = 0, *, year: int = 2017, platforms: int = 50) -> MonthCount:
    return MonthCount(date(year, number, 1), findings, 0, 0, 40, platforms, complaint_scope="rule")


def law(rule_id: str = RULE) -> str:
    """The made-up rule as law from the day on; a rule of the house would not be evaluated."""
    text = rulebook.rule_text(rule_id).replace("2015-01-01", str(SINCE))
    return text.replace("text_status: convention", "text_status: final")


def runs(*months: MonthCount, since: date = SINCE) -> list[int]:
    return [len(run.months) for run in stretches(months, since)]


def test_quiet_neighbours_are_folded_and_nothing_else() -> None:
    assert runs(*(quiet(n) for n in range(3, 9))) == [6]
    assert runs(quiet(3), quiet(4), month(5, 0, 1), quiet(6), quiet(7)) == [2, 1, 2]
    assert runs(month(3, 0, 0), month(4, 0, 0)) == [1, 1]  # a case each
    assert runs() == []


def test_folding_never_hides_a_change_of_measurement_a_hole_or_the_day_of_the_rule() -> None:
    assert runs(quiet(3, None), quiet(4, None), quiet(5), quiet(6)) == [2, 2]
    assert runs(quiet(3), quiet(4), quiet(6), quiet(7)) == [2, 2]
    assert runs(*(quiet(n) for n in range(3, 9)), since=date(2017, 5, 16)) == [2, 1, 3]
    assert runs(quiet(11, year=2016), quiet(12, year=2016), quiet(1), quiet(2)) == [2, 2]


def test_a_folded_run_adds_filings_and_gives_the_range_of_platforms() -> None:
    (run,) = stretches([quiet(3, platforms=12), quiet(4, platforms=14), quiet(5, platforms=13)], SINCE)
    assert (run.first, run.last, run.filings, run.platforms, run.is_measured) == (
        date(2017, 3, 1), date(2017, 5, 1), 120, (12, 14), True,
    )  # fmt: skip


def test_complaints_of_the_whole_line_are_context_and_cases_before_the_rule_are_not_measured() -> None:
    whole = [replace(one, complaint_scope="line") for one in (*BEFORE, *AFTER)]
    assert compare(whole, SINCE, "complaints").verdict == "context"
    found = compare([*BEFORE, *AFTER], SINCE, "cases")
    assert (found.before.months, found.before.rate, found.after.events, found.verdict) == (0, None, 6, "not_measured")


def test_findings_before_the_rule_come_from_the_rehearsal() -> None:
    tried = [replace(one, findings=20, rehearsed=True) for one in BEFORE]
    found = compare([*tried, *AFTER], SINCE, "findings")
    assert (found.before.events, found.before.base, found.before.rate) == (120, 240, 50.0)
    assert (found.after.events, found.after.base, found.after.rate, found.verdict) == (48, 240, 20.0, "lower")
    twice = [replace(one, findings=16, filings=80) for one in AFTER]
    assert compare([*tried, *twice], SINCE, "findings").after.rate == 20.0  # a market twice as large is no effect


def test_months_without_a_filing_are_gaps_in_the_picture_and_no_line_of_the_table(db: None) -> None:
    rulebook.rule_version(text=law())
    silent = [replace(one, filings=0, findings=None) for one in BEFORE[2:4]]
    services.effect_counts_record(
        actor=SYSTEM, rule_id=RULE, months=[replace(BEFORE[0], findings=3, rehearsed=True), *silent, *AFTER]
    )
    effect = effect_of(RULE, date(2017, 7, 1))
    assert effect is not None
    with translation.override("en"):
        text = " ".join(re.sub(r"<[^>]+>", " ", effect_table(effect)).split())
        picture = effect_svg(effect)
    assert "2016-07 3 (rehearsed) 20 – 40 50 2017-01 8 5 1 40 50" in text
    assert "left out here: 5" in text
    assert "Before, months: 3 3 60 – 40 150 platform-months After, months: 6 48 30 6 240 300 platform-months" in text
    assert "Findings per 100 filings 7.5 (3 / 40 filings) 20.0 (48 / 240 filings)" in text
    assert (picture.count("bar--before"), picture.count("lx-effect__none")) == (4, 5 + 3 + 6)


def test_the_month_in_which_a_rule_starts_belongs_to_neither_side() -> None:
    found = compare([month(5, 1, 2), month(6, 1, 9), month(7, 1, 4)], date(2017, 6, 16), "complaints")
    assert (found.before.events, found.after.events) == (2, 4)
    assert compare([month(6, 1, 9)], date(2017, 6, 1), "complaints").after.events == 9


@pytest.mark.django_db
def test_counts_are_replaced_as_a_whole_and_twice_changes_nothing() -> None:
    record = services.effect_counts_record
    assert record(actor=SYSTEM, rule_id=RULE, months=[*BEFORE, *AFTER]) == 12
    assert record(actor=SYSTEM, rule_id=RULE, months=[*BEFORE, *AFTER]) == 0
    assert record(actor=SYSTEM, rule_id=RULE, months=[*BEFORE[1:], month(1, 9, 5), *AFTER[1:]]) == 2
    assert EffectCount.objects.get(month=date(2017, 1, 1)).findings == 9
    assert (EffectCount.objects.count(), rules_counted()) == (11, [RULE])


@pytest.mark.django_db
@pytest.mark.parametrize(
    "rows",
    [[month(1, 1, 1), month(1, 1, 1)], [MonthCount(date(2017, 1, 2), 1, 1, 1, 1, 1)], [month(1, -1, 1)]],
)
def test_bad_counts_are_refused(rows: list[MonthCount]) -> None:
    with pytest.raises(Refusal) as caught:
        services.effect_counts_record(actor=SYSTEM, rule_id=RULE, months=rows)
    assert (caught.value.code, EffectCount.objects.count()) == ("effect.bad_counts", 0)


@pytest.mark.django_db
def test_only_the_system_pushes_counts() -> None:
    small_map()
    with pytest.raises(Refusal) as caught:
        services.effect_counts_record(actor=officer("PBOC", "secretariat"), rule_id=RULE, months=AFTER)
    assert (caught.value.status, EffectCount.objects.count()) == (403, 0)


@pytest.fixture
def counted(db: None) -> None:
    rulebook.rule_version(text=law())
    services.effect_counts_record(actor=SYSTEM, rule_id=RULE, months=[*BEFORE, *AFTER])


def test_the_evaluation_is_a_picture_with_words_and_a_table(counted: None) -> None:
    effect = effect_of(RULE, date(2017, 7, 1))
    assert effect is not None
    for language, words in (("en", "The rule applies from"), ("zh-hans", "规则自")):
        with translation.override(language):
            picture, table = effect_svg(effect), effect_table(effect)
            assert (picture.count("bar--before"), picture.count("bar--after")) == (6, 18)
            assert picture.count("lx-effect__none") == 12  # findings and cases before the rule
            assert 'role="img"' in picture
            assert words in picture
            assert table.count("<tr>") >= 2 + 3 + 12
    assert effect_sentences(effect, "en")[-1].startswith("Before and after is no proof")


def test_quiet_months_are_one_line_and_totals_stay(db: None) -> None:
    rulebook.rule_version(text=law())
    before = [quiet(n, None, year=2015, platforms=40 + n) for n in range(1, 13)]
    months = [*before, *BEFORE, *AFTER[:2], *(quiet(n) for n in range(3, 7))]
    services.effect_counts_record(actor=SYSTEM, rule_id=RULE, months=months)
    effect = effect_of(RULE, date(2017, 7, 1))
    assert effect is not None
    with translation.override("en"):
        text = " ".join(re.sub(r"<[^>]+>", " ", effect_table(effect)).split())
    assert "2015-01 – 2015-12 rule not applied in 12 months, nothing else 480 41–52" in text
    assert "2017-03 – 2017-06 nothing in 4 months 160 50" in text
    assert "2017-01 8 5 1 40 50" in text
    assert "2017-04" not in text
    assert "Before, months: 18 – 120 – 0 858 platform-months" in text
    assert "After, months: 6 16 10 2 240 300 platform-months" in text
    with translation.override("zh-hans"):
        assert "4个月均无记录" in effect_table(effect)
        assert effect_svg(effect).count("bar--after") == 18


def test_evaluations_are_proposed_for_their_part_of_the_agenda_once(counted: None) -> None:
    with clock.frozen("2017-07-10"):
        first = services.effect_items_propose(actor=SYSTEM, quarter="2017Q3")
        again = services.effect_items_propose(actor=SYSTEM, quarter="2017Q3")
    assert ((first.proposed, first.existing), (again.proposed, again.existing)) == ((1, 0), (0, 1))
    item = AgendaItem.objects.get()
    assert (item.subject, item.kind, item.part) == (f"effect:{RULE}", "policy_effect", "effect")
    assert (AgendaPaper.objects.get().kind, AgendaPaper.objects.get().ref) == ("effect", RULE)


def test_a_side_without_registered_platforms_still_shows_its_filings(db: None) -> None:
    rulebook.rule_version(text=law())
    tried = [replace(one, findings=2, rehearsed=True, platforms=0, complaints=0) for one in BEFORE]
    services.effect_counts_record(actor=SYSTEM, rule_id=RULE, months=[*tried, *AFTER])
    effect = effect_of(RULE, date(2017, 7, 1))
    assert effect is not None
    with translation.override("en"):
        text = " ".join(re.sub(r"<[^>]+>", " ", effect_table(effect)).split())
    assert "2016-07 2 (rehearsed) – – 40 –" in text
    assert "Before, months: 6 12 – – 240 – After, months: 6 48" in text
