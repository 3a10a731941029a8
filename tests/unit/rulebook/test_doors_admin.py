"""Staff pages of the rulebook: who may open what, in both languages, and what the buttons do."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from common.jobs import jobs_drain
from rulebook.choices import TextStatus
from rulebook.models import DraftRehearsal, RuleDraft, RuleVersion, SourceConfirmation
from tests.contract.scene import session_of
from tests.factories import complaints, regulators
from tests.factories.rulebook import cn_loaded, rule_text
from tests.unit.rulebook.test_editing import TEXT

pytestmark = pytest.mark.django_db
LISTS = ("ruleversion", "parametervalue", "deadlinerule", "instrument", "clause", "ruledraft", "sourceconfirmation")
LINK = "https://www.example.org/text/1"


@pytest.fixture(autouse=True)
def _pack(acting_system):
    complaints.ground()
    cn_loaded()


def client_of(*roles: str, language: str = "zh-hans") -> Client:
    client = Client(headers={"accept-language": language})
    client.cookies["sessionid"] = session_of(regulators.officer("PBOC", *roles))
    return client


@pytest.fixture
def author() -> Client:
    return client_of("officer")


@pytest.fixture
def supervisor() -> Client:
    return client_of("supervisor")


def text_of(client: Client, name: str, *args, **query) -> str:
    answer = client.get(reverse(f"admin:{name}", args=args), query)
    assert answer.status_code == 200, (name, answer.status_code, answer.headers.get("Location"))
    return answer.content.decode()


def main_of(page: str) -> str:
    """The page's own part, without the theme's frame, scripts and what the pack says in English."""
    found = page[page.index('<div class="lx-desk'):]
    return re.sub(r"<(script|style|pre|textarea|code)\b.*?</\1>|<[^>]+>", " ", found, flags=re.DOTALL)


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_list_opens_on_any_day(name, language):
    client = client_of("officer", language=language)
    assert text_of(client, f"rulebook_{name}_changelist")
    if name not in ("ruledraft", "sourceconfirmation"):
        page = text_of(client, f"rulebook_{name}_changelist", on="2017-06-30")
        assert 'value="2017-06-30"' in page
        empty = text_of(client, f"rulebook_{name}_changelist", on="1900-01-01")
        assert name == "instrument" or 'class="field-' not in empty  # some begin on a day nobody knows


def test_the_list_of_rules_follows_the_day(author):
    def ids(on: str) -> set[str]:
        page = text_of(author, "rulebook_ruleversion_changelist", on=on, q="P2P16-17")
        return {"P2P16-17"} if ">P2P16-17</span>" in page else set()

    assert ids("2016-08-17") == {"P2P16-17"}
    assert ids("2016-08-16") == set()


def test_a_confirmed_source_shows_on_the_staff_list(author, supervisor):
    row = RuleVersion.objects.newest().get(rule_id="DEP17-09")
    before = text_of(author, "rulebook_ruleversion_change", row.pk)
    confirm(author, "DEP17-09")
    number = SourceConfirmation.objects.get().pk
    supervisor.post(reverse("admin:rulebook_sourceconfirmation_countersign", args=[number]))
    after = text_of(author, "rulebook_ruleversion_change", row.pk)
    words = str(TextStatus.MEMORY.label) if row.text_status == TextStatus.MEMORY else "来源未核实"
    with translation.override("zh-hans"):
        assert (words in before, words in after) == (True, False)


def confirm(client: Client, key: str, **more):
    values = {"kind": "rule", "key": key, "link": LINK, **more}
    return client.post(reverse("admin:rulebook_sourceconfirmation_confirm"), values, follow=True)


def test_two_persons_confirm_a_source_on_the_page(author, supervisor):
    assert "DEP17-09" in text_of(author, "rulebook_sourceconfirmation_changelist", q="DEP17-09")
    assert "没有来源地址" in confirm(author, "DEP17-09", link="").content.decode()
    confirm(author, "DEP17-09")
    row = SourceConfirmation.objects.get()
    sign = reverse("admin:rulebook_sourceconfirmation_countersign", args=[row.pk])
    author.post(sign)
    row.refresh_from_db()
    assert row.second_at is None
    assert "复签" in text_of(supervisor, "rulebook_sourceconfirmation_changelist")
    supervisor.post(sign)
    row.refresh_from_db()
    assert row.second_at is not None
    supervisor.post(reverse("admin:rulebook_sourceconfirmation_withdraw", args=[row.pk]), {"why": "wrong text"})
    row.refresh_from_db()
    assert row.withdrawn_why == "wrong text"


def test_what_is_signed_is_shown_and_what_it_switches_on_today_stands_first(author, supervisor):
    page = text_of(author, "rulebook_sourceconfirmation_changelist")
    first, last = page.index("今日有效"), page.rindex("今日有效")
    without = page.find("没有规则依赖它")
    assert first < last
    assert without == -1 or last < without
    found = text_of(author, "rulebook_sourceconfirmation_changelist", q="DEP17-09")
    row = RuleVersion.objects.newest().get(rule_id="DEP17-09")
    address = reverse("admin:rulebook_ruleversion_change", args=[row.pk])
    assert f'<a href="{address}">平台与存管银行每日资金净额不一致</a>' in found
    assert "GROUP BY" in found  # the query that would run
    confirm(author, "DEP17-09")
    waiting = text_of(supervisor, "rulebook_sourceconfirmation_changelist").split('id="lx-open"')[0]
    assert "GROUP BY" in waiting
    assert "2017-02-22" in waiting


def test_a_rule_from_its_parts_opens_in_the_editor(author):
    answer = author.post(reverse("admin:rulebook_ruledraft_new"), {
        "start": "parts", "new_id": "TEST-88", "begins": "2017-01-01", "title_zh": "测试：期限", "title_en": "A: term",
        "instrument": "P2P16", "article": "17", "lines": ["p2p_lending", "payment"], "subject": "conduct",
        "kind": "record", "severity": "major", "template": "loan_book", "check": "term_months <= 36",
        "why_zh": "说明", "why_en": "Why",
    })  # fmt: skip
    draft = RuleDraft.objects.get()
    assert answer.headers["Location"] == reverse("admin:rulebook_ruledraft_change", args=[draft.pk])
    assert (draft.rule_id, draft.title_zh) == ("TEST-88", "测试：期限")
    page = text_of(author, "rulebook_ruledraft_change", draft.pk)
    assert "TEST-88" in page


@pytest.mark.parametrize("start", ["blank", "copy", "end"])
def test_other_beginnings(author, start):
    author.post(reverse("admin:rulebook_ruledraft_new"), {
        "start": start, "rule_id": "P2P16-20", "ends_on": "2018-01-01", "reason": "law repealed",
    })  # fmt: skip
    draft = RuleDraft.objects.get()
    assert (draft.rule_id == "P2P16-20") == (start != "blank")
    assert ("to: 2018-01-01" in draft.text) == (start == "end")


def test_a_look_writes_nothing_and_names_lines(author):
    author.post(reverse("admin:rulebook_ruledraft_new"), {"start": "blank"})
    draft = RuleDraft.objects.get()
    look = reverse("admin:rulebook_ruledraft_look", args=[draft.pk])
    wrong = TEXT.replace("term_months <= 36", "term_month <= 36")
    answer = author.post(look, {"do": "check", "text": wrong}, headers={"X-Requested-With": "fetch"})
    assert 'data-wrong="11"' in answer.content.decode()
    examples = author.post(look, {"do": "examples", "text": TEXT}, headers={"X-Requested-With": "fetch"})
    assert "2 / 2" in examples.content.decode()
    compared = author.post(look, {"do": "compare", "text": TEXT}).content.decode()
    assert '<code class="is-new">' in compared
    draft.refresh_from_db()
    assert (draft.revision, draft.text == TEXT) == (1, False)


def test_the_whole_way_by_buttons(author, supervisor):
    author.post(reverse("admin:rulebook_ruledraft_new"), {"start": "blank"})
    draft = RuleDraft.objects.get()
    save = reverse("admin:rulebook_ruledraft_save", args=[draft.pk])
    step = reverse("admin:rulebook_ruledraft_step", args=[draft.pk])
    author.post(save, {"text": TEXT.replace("\n", "\r\n"), "revision": 1})
    late = author.post(save, {"text": TEXT + "# late\n", "revision": 1}).content.decode()
    assert "# late" in late
    author.post(step, {"verb": "submit", "revision": 2})
    author.post(step, {"verb": "approve", "revision": 2})
    draft.refresh_from_db()
    assert (draft.state, draft.text) == ("submitted", TEXT)
    assert 'value="approve"' not in text_of(author, "rulebook_ruledraft_change", draft.pk)
    assert 'value="approve"' in text_of(supervisor, "rulebook_ruledraft_change", draft.pk)
    signed = {"verb": "approve", "revision": 2, "accepts_past": "1", "note": "as the law says"}
    for missing in ("accepts_past", "note"):
        supervisor.post(step, {"read": "1", **{key: value for key, value in signed.items() if key != missing}})
    supervisor.post(step, signed)  # nobody says that it was read
    draft.refresh_from_db()
    assert draft.state == "submitted"
    supervisor.post(step, {**signed, "read": "1"})
    draft.refresh_from_db()
    assert draft.state == "approved"
    assert Client().get("/rules/TEST-77/").status_code == 200


def test_submitting_sends_on_what_is_seen_not_what_was_saved_before(author):
    author.post(reverse("admin:rulebook_ruledraft_new"), {"start": "copy", "rule_id": "P2P16-20"})
    draft = RuleDraft.objects.get()
    step = reverse("admin:rulebook_ruledraft_step", args=[draft.pk])
    typed = draft.text + "# typed and not saved\n"
    refused = author.post(step, {"verb": "submit", "revision": 7, "text": typed}).content.decode()
    assert "# typed and not saved" in refused  # somebody else was faster: nothing typed is lost, nothing is sent on
    draft.refresh_from_db()
    assert (draft.state, draft.revision) == ("draft", 1)
    author.post(step, {"verb": "submit", "revision": 1, "text": typed.replace("\n", "\r\n"), "reason": "typed too"})
    draft.refresh_from_db()
    assert (draft.state, draft.text, draft.reason, draft.revision) == ("submitted", typed, "typed too", 2)


def test_discarding_keeps_what_was_saved(author):
    author.post(reverse("admin:rulebook_ruledraft_new"), {"start": "copy", "rule_id": "P2P16-20"})
    draft = RuleDraft.objects.get()
    step = reverse("admin:rulebook_ruledraft_step", args=[draft.pk])
    author.post(step, {"verb": "discard", "revision": 1, "text": "id: ["})
    discarded = RuleDraft.objects.get()
    assert (discarded.state, discarded.text) == ("discarded", draft.text)


def test_the_second_person_sees_comparison_and_examples_at_once(author, supervisor):
    author.post(reverse("admin:rulebook_ruledraft_new"), {"start": "copy", "rule_id": "P2P16-20"})
    draft = RuleDraft.objects.get()
    step = reverse("admin:rulebook_ruledraft_step", args=[draft.pk])
    author.post(step, {"verb": "submit", "revision": 1, "text": draft.text + "# one line more\n"})
    page = text_of(supervisor, "rulebook_ruledraft_change", draft.pk)
    assert '<code class="is-new">+ # one line more' in page
    assert "4 / 4" in page
    assert 'name="read"' in page
    assert 'name="accepts_past"' in page
    assert '<code class="is-new">' not in text_of(author, "rulebook_ruledraft_change", draft.pk)


def test_a_rule_is_changed_by_one_button_and_its_end_stands_first(author):
    row = RuleVersion.objects.newest().get(rule_id="P2P16-20")
    page = text_of(author, "rulebook_ruleversion_change", row.pk)
    assert 'name="start" value="copy"><input type="hidden" name="rule_id" value="P2P16-20">' in page
    new = reverse("admin:rulebook_ruledraft_new")
    order = [author.get(new, query).content.decode().find for query in ({}, {"rule": "P2P16-20", "end": "1"})]
    assert order[0]('id="lx-new"') < order[0]('id="lx-copy"') < order[0]('id="lx-end"')
    assert order[1]('id="lx-end"') < order[1]('id="lx-copy"') < order[1]('id="lx-new"')


def test_others_may_look_but_not_write(author):
    author.post(reverse("admin:rulebook_ruledraft_new"), {"start": "blank"})
    draft = RuleDraft.objects.get()
    auditor = client_of("auditor")
    page = text_of(auditor, "rulebook_ruledraft_change", draft.pk)
    assert "readonly" in page
    assert 'value="submit"' not in page
    auditor.post(reverse("admin:rulebook_ruledraft_save", args=[draft.pk]), {"text": rule_text(), "revision": 1})
    auditor.post(reverse("admin:rulebook_ruledraft_new"), {"start": "blank"})
    assert [(row.revision, row.state) for row in RuleDraft.objects.all()] == [(1, "draft")]


def test_the_coverage_of_law_as_page_and_files(author):
    page = text_of(author, "rulebook_clause_coverage", on="2017-06-30", line="p2p_lending", subject="conduct")
    assert page.count('<td class="lx-cell') == 63
    assert "互联网信托没有已核对的专门规则" in page
    assert "P2P16-17" in page
    table = author.get(reverse("admin:rulebook_clause_coverage_csv"), {"on": "2017-06-30"})
    lines = table.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 64
    assert lines[0].startswith("on,line,subject,state,executable")
    document = author.get(reverse("admin:rulebook_clause_coverage_json"), {"on": "2017-06-30"}).json()
    assert sum(document["counts"].values()) == 63


@pytest.mark.parametrize(
    "address",
    ["rulebook_ruledraft_new", "rulebook_clause_coverage", "rulebook_sourceconfirmation_changelist"],
)
def test_the_pages_speak_chinese(author, address):
    words = main_of(text_of(author, address))
    known = r"\b[A-Z0-9]+-\d\d[\w-]*|\b[A-Z]{2,}\d*\b|[a-z0-9_.]*[_@.][\w.@*-]*|https?:\S*|CSV|JSON|id|LPR|\bp\b|&\w+;"
    english = re.findall(r"[A-Za-z]{3,}(?: [A-Za-z]{2,})+", re.sub(known, " ", words))
    assert english == []


def test_a_trial_works_without_a_script(author):
    author.post(reverse("admin:rulebook_ruledraft_new"), {"start": "copy", "rule_id": "P2P16-17"})
    draft = RuleDraft.objects.get()
    address = reverse("admin:rulebook_ruledraft_try", args=[draft.pk])
    stricter = draft.text.replace("HAVING SUM", "HAVING 4 * SUM")

    def press(do: str, client: Client = author, text: str = stricter) -> str:
        return client.post(address, {"do": do, "text": text, "on": "2017-06-30"}).content.decode()

    assert "正在试算" in press("try")
    assert "HAVING 4 * SUM" in press("progress")  # what was typed is still there
    assert "此草稿正在试算。" in press("try")
    assert DraftRehearsal.objects.count() == 1
    jobs_drain()
    shown = main_of(press("progress"))
    assert "0份报送，共0行，适用2017-06-30的法律" in shown
    assert "已过时" not in shown
    assert "已过时" in main_of(author.get(address).content.decode())
    assert "由监管人员和主管人员在报送数据上试算草稿。" in press("try", client_of("auditor"))
    assert "文本存在问题。" in press("try", text="id: [")
    assert DraftRehearsal.objects.count() == 1


def test_a_trial_is_stopped_by_its_button_and_fetched_as_a_part(author):
    author.post(reverse("admin:rulebook_ruledraft_new"), {"start": "copy", "rule_id": "P2P16-17"})
    draft = RuleDraft.objects.get()
    address = reverse("admin:rulebook_ruledraft_try", args=[draft.pk])
    given = {"text": draft.text.replace("HAVING SUM", "HAVING 4 * SUM"), "on": "2017-06-30"}
    part = author.post(address, {"do": "try", **given}, headers={"x-requested-with": "fetch"}).content.decode()
    assert 'data-runs="1"' in part
    assert "<html" not in part
    part = author.post(address, {"do": "stop", **given}, headers={"x-requested-with": "fetch"}).content.decode()
    assert "试算已停止，未保留任何结果。" in part
    assert "data-runs" not in part
    assert DraftRehearsal.objects.get().state == "cancelled"
