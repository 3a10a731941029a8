"""The meeting pack: one document, complete, in both languages, for members only."""

import sys
from collections.abc import Iterator
from datetime import date

import pytest

from common import clock
from common.errors import Refusal
from regulators import services
from regulators.evaluation import MonthCount
from regulators.models import AgendaItem
from tests.factories import meetings, rulebook
from tests.factories.meetings import OPENED, People, text
from tests.factories.regulators import SYSTEM, officer

pytestmark = pytest.mark.django_db
RULE = "TEST-01"


@pytest.fixture
def at(db: None) -> Iterator[tuple[People, int]]:
    """A convened meeting with a link, a text and an evaluation among its papers."""
    with clock.frozen(OPENED):
        who = meetings.people()
        law = rulebook.rule_text(RULE).replace("text_status: convention", "text_status: final")
        rulebook.rule_version(text=law.replace("2015-01-01", "2017-01-01"))
        months = [
            MonthCount(date(2016 + n // 12, n % 12 + 1, 1), None if n < 12 else 3, 20 if n < 12 else 6, 2, 40, 50)
            for n in range(5, 18)
        ]
        services.effect_counts_record(actor=SYSTEM, rule_id=RULE, months=months)
        services.effect_items_propose(actor=SYSTEM, quarter="2017Q3")
        number = meetings.item("handover:1", kind="consultation")
        services.paper_add(actor=who.cbrc, item_id=number, kind="text", title=text("Paper"), body=text("Known facts"))
        services.paper_add(
            actor=who.cbrc, item_id=number, kind="link", title=text("Link"), ref="https://example.test/<script>"
        )
        for row in AgendaItem.objects.filter(state="draft"):
            services.agenda_item_decide(actor=SYSTEM, item_id=row.pk, accept=True)
        yield who, meetings.convened(who)


def export(who: object, meeting: int, language: str = "en", form: str = "html") -> services.PackFile:
    return services.meeting_pack_export(actor=who, meeting_id=meeting, language=language, form=form)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Agenda", "Gaps and overlaps of supervision", "Effect of a rule: Test rule", "Known facts (en)",
                "Before and after is no proof", "Hand-overs brought before the meeting", "needed for a quorum: 3"]),
        ("zh", ["议程", "监管空白与重叠", "规则实施效果：测试规则", "Known facts（中）", "前后对比不是证明",
                "提交会议的移交事项", "法定人数：3"]),
    ],
)  # fmt: skip
def test_the_pack_holds_everything_in_one_self_contained_page(
    at: tuple[People, int], language: str, words: list[str]
) -> None:
    made = export(at[0].secretariat, at[1], language)
    page = made.body.decode()
    assert (made.name, made.media_type) == (f"joint-meeting-2017Q3-{language}.html", "text/html; charset=utf-8")
    assert [word for word in words if word not in page] == []
    assert page.count('<svg class="lx-effect"') == 1
    assert [mark for mark in ("<script", "<link", "<img", "src=", "@import", "url(") if mark in page] == []


def test_the_pack_is_for_members_and_names_what_it_can(at: tuple[People, int]) -> None:
    who, meeting = at
    for stranger in (officer("LFO-110000"), meetings.expert("law")[1], officer("NDRC", "auditor")):
        with pytest.raises(Refusal) as caught:
            export(stranger, meeting)
        assert (caught.value.code, caught.value.status) == ("permission.denied", 403)
    assert export(who.csrc, meeting).name == "joint-meeting-2017Q3-en.html"
    for wrong in ({"language": "fr"}, {"form": "docx"}):
        with pytest.raises(Refusal) as caught:
            export(who.secretariat, meeting, **wrong)
        assert caught.value.code == "pack.unknown_form"
    with pytest.raises(Refusal) as caught:
        export(who.secretariat, 999_999)
    assert caught.value.code == "not_found"


def test_without_the_extra_pdf_is_refused_with_the_line_that_installs_it(
    at: tuple[People, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(Refusal) as caught:
        export(at[0].secretariat, at[1], form="pdf")
    assert (caught.value.code, caught.value.status) == ("pack.no_pdf", 501)
    assert "python -m pip install --require-hashes -r requirements/pdf.txt" in str(caught.value.cure)


def test_with_the_extra_the_pack_is_a_pdf(at: tuple[People, int]) -> None:
    pytest.importorskip("weasyprint", reason="the extra “pdf” is not installed: no PDF can be made here")
    made = export(at[0].secretariat, at[1], "zh", "pdf")
    assert (made.name, made.media_type, made.body[:5]) == ("joint-meeting-2017Q3-zh.pdf", "application/pdf", b"%PDF-")
