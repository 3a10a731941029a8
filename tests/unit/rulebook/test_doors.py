"""The API, the public catalogue and the staff lists."""

import html
from datetime import date

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation

from common.principal import Principal
from rulebook import selectors
from rulebook.admin import RuleVersionAdmin
from rulebook.models import RuleVersion
from tests.factories.rulebook import cn_loaded, rule_text, rule_version
from tests.thorough import cases

pytestmark = pytest.mark.django_db
RULES = "/api/v1/rulebook/rules"


@pytest.fixture(autouse=True)
def _pack():
    cn_loaded()


def test_rules_as_of_a_day(client: Client):
    answer = client.get(RULES, {"on": "2017-06-30", "template": "fund_ledger", "line": "p2p_lending"}).json()
    assert answer["on"] == "2017-06-30"
    found = {rule["id"]: rule for rule in answer["results"]}
    assert {name: found[name]["enabled"] for name in ("DEP17-02", "DEP17-09", "P2P16-04")} == {
        "DEP17-02": True, "DEP17-09": False, "P2P16-04": True,
    }  # fmt: skip
    assert {(rule["template"], "p2p_lending" in rule["business_lines"]) for rule in found.values()} == {
        ("fund_ledger", True)
    }
    assert found["DEP17-02"]["legal_basis"]["text_status"] == "final"
    assert found["P2P16-04"]["severity"] == "minor"


@pytest.mark.parametrize(
    ("query", "field"), [({"on": "yesterday"}, "on"), ({"template": "sheet"}, "template"), ({"line": "x"}, "line")]
)
def test_a_bad_question_names_the_field_and_the_cure(client: Client, query, field):
    answer = client.get(RULES, query)
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["code"], problem["errors"][0]["field"]) == ("query.invalid", field)
    assert problem["cure"]


def test_one_rule_with_its_text(client: Client):
    answer = client.get(f"{RULES}/SPCL-02").json()
    assert answer["check"].startswith("contract_date < ")
    assert answer["parameters"] == {"times": "interest.lpr_multiple", "lpr": "interest.lpr_1y_percent"}
    assert answer["in_force"] == {"from": "2020-08-20", "to": None}
    assert [item["expect"] for item in answer["examples"]][:2] == ["passed", "failed"]


def test_an_unknown_rule(client: Client):
    answer = client.get(f"{RULES}/NONE-01")
    assert (answer.status_code, answer.json()["code"]) == (404, "rule.unknown")


def test_parameters_as_of_a_day(client: Client):
    answer = client.get("/api/v1/rulebook/parameters", {"on": "2020-08-19"}).json()
    found = {row["key"]: row for row in answer["results"]}
    assert found["interest.void_percent"]["value"] == "36"
    assert found["interest.void_percent"]["valid"] == {"from": "2015-09-01", "to": "2020-08-20"}
    assert "interest.lpr_multiple" not in found


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "来源已核对"), ("en", "Source confirmed")])
def test_the_catalogue_speaks_both_languages(client: Client, language, words):
    first = catalogue(client, language, on="2017-06-30")
    total = len(selectors.rules_in_force(date(2017, 6, 30)))
    assert words in first
    assert first.count('<th scope="row">') == min(50, total)
    pages = [catalogue(client, language, on="2017-06-30", p=str(number + 1)) for number in range(-(-total // 50))]
    house = "House convention, no law" if language == "en" else "内部约定，非法律"
    seen = "".join(pages)
    assert seen.count('<th scope="row">') == total
    assert seen.index(">P2P16-17<") < seen.index(">DEP17-09<") < seen.index(">CONV-01<")  # law first, conventions last
    assert (house in seen, house in first) == (True, False)


def catalogue(client: Client, language: str = "en", **query) -> str:
    page = client.get(reverse("public-rulebook-list"), query, headers={"accept-language": language})
    assert page.status_code == 200
    return page.content.decode()


@pytest.mark.parametrize(
    ("query", "there", "gone"),
    [
        ({"q": "p2p16-17"}, "P2P16-17<", "P2P16-18<"),
        ({"source": "house"}, "CONV-05<", "P2P16-17<"),
        ({"source": "open"}, "DEP17-09<", "P2P16-17<"),
        ({"source": "confirmed", "line": "p2p_lending"}, "P2P16-17<", "DEP17-09<"),
        ({"subject": "funds"}, "DEP17-02<", "P2P16-17<"),
        ({"q": "borrows limit platform"}, "P2P16-17<", "DEP17-02<"),
    ],
)
def test_the_catalogue_is_searched_and_filtered(client: Client, query, there, gone):
    page = catalogue(client, on="2017-06-30", **query)
    assert (there in page, gone in page) == (True, False)


def test_a_search_without_result_says_what_to_do(client: Client):
    assert "Choose fewer filters or another day" in catalogue(client, q="zzzz")


@pytest.mark.thorough
@pytest.mark.parametrize(("language", "step"), [("zh-hans", 1), ("en", cases(4, 1))])
def test_every_rule_and_instrument_has_a_page(client: Client, language, step):
    pages = [reverse("public-rulebook-rule", args=[ref.rule_id]) for ref in selectors.rules_catalogue()][::step]
    pages += [reverse("public-rulebook-instrument", args=[key]) for key in selectors.instrument_titles()]
    pages.append(reverse("public-rulebook-instruments"))
    seen = {address: client.get(address, headers={"accept-language": language}).status_code for address in pages}
    assert {address: status for address, status in seen.items() if status != 200} == {}


def test_a_rule_shows_its_numbers_over_time_and_examples_in_words(client: Client):
    def page(language: str, **query) -> str:
        address = reverse("public-rulebook-rule", args=["P2P16-17"])
        return client.get(address, query, headers={"accept-language": language}).content.decode()

    english, chinese = page("en", on="2017-06-30"), page("zh-hans", on="2017-06-30")
    assert "<strong>200,000</strong> yuan" in english
    assert 'class="is-present"' in english
    assert "two loans exactly at the limit" in english
    assert "两笔合计恰在限额" in chinese
    assert "two loans exactly at the limit" not in chinese
    assert "150,000" in chinese
    assert "150000.00" not in chinese
    assert "来自规则包" in chinese
    assert "此规则在2010-01-01不生效" in page("zh-hans", on="2010-01-01")
    assert 'href="/api/v1/rulebook/rules/P2P16-17/history"' in english


def test_an_instrument_shows_its_clauses_and_rules(client: Client):
    text = client.get(reverse("public-rulebook-instrument", args=["P2P16"]), headers={"accept-language": "en"})
    page = text.content.decode()
    assert page.count('<ol class="lx-clauses">') == 1
    assert all(row.title["en"] in html.unescape(page) for row in selectors.clauses(instrument="P2P16"))
    assert "P2P16-17<" in page
    assert client.get("/rules/instruments/NONE/").status_code == 404


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "四倍"), ("en", "four times the one-year LPR")])
def test_a_page_per_rule(client: Client, language, words):
    page = client.get(reverse("public-rulebook-rule", args=["SPCL-02"]), headers={"accept-language": language})
    assert page.status_code == 200
    assert words in page.content.decode()


def test_a_page_of_a_question(client: Client):
    page = client.get(reverse("public-rulebook-rule", args=["DEP17-06"]), headers={"accept-language": "en"})
    assert "Question for inspections" in page.content.decode()
    assert '<span class="lx-tag lx-tag--wait">Source not confirmed: gives no findings</span>' in page.content.decode()


def test_an_unknown_page(client: Client):
    assert client.get("/rules/NONE-01/").status_code == 404


def test_the_catalogue_ignores_a_bad_day_and_line(client: Client):
    assert client.get(reverse("public-rulebook-list"), {"on": "soon", "line": "x"}).status_code == 200


def test_the_staff_list_shows_the_source(rf: RequestFactory):
    from django.contrib import admin

    page = RuleVersionAdmin(RuleVersion, admin.site)
    confirmed = RuleVersion.objects.get(rule_id="P2P16-17")
    waiting, house = RuleVersion.objects.get(rule_id="CASH17-01"), RuleVersion.objects.get(rule_id="CONV-05")
    assert [page.source_badge(row)[0] for row in (confirmed, waiting, house)] == [
        "confirmed", "not confirmed", "convention",
    ]  # fmt: skip
    assert page.legal_basis(confirmed) == "网络借贷信息中介机构业务活动管理暂行办法 第17条"
    assert page.named(confirmed).startswith("同一自然人在同一平台的借款余额超过上限<br>")
    assert not page.has_change_permission(rf.get("/"))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-hans", ("第17条", "正式文本 · 来源已核实", "网络借贷", "借款逐笔明细")),
        ("en", ("Art. 17", "Text in force · source confirmed", "P2P lending", "Loan book")),
    ],
)
def test_the_staff_page_of_a_rule_has_words_in_place_of_documents(monkeypatch, language, words):
    monkeypatch.setitem(settings.UNFOLD, "SHOW_LANGUAGES", False)
    row = RuleVersion.objects.newest().filter(template="loan_book", basis__article="17").order_by("rule_id")[0]
    text = _staff_page(row.pk, language)
    assert [word for word in words if word not in text] == []
    assert '<pre class="lx-source" tabindex="0">id: ' in text
    assert "text_status&quot;" not in text
    assert "p2p_lending&quot;" not in text


def _staff_page(pk: int, language: str) -> str:
    request = RequestFactory().get("/admin/")
    request.user = get_user_model()(username="ceshi", is_staff=True)
    request.principal = Principal(kind="staff", label="ceshi", roles=frozenset({"officer"}))
    request.session = {}
    with translation.override(language):
        answer = admin.site.get_model_admin(RuleVersion).change_view(request, str(pk))
        return answer.render().content.decode()


def test_a_rule_with_a_later_text_shows_the_one_of_the_day(client: Client):
    rule_version(text=rule_text())
    rule_version(text=rule_text(limit=24).replace("2015-01-01", "2018-01-01"))
    address = reverse("public-rulebook-rule", args=["TEST-01"])
    early, late = (
        client.get(address, {"on": on}, headers={"accept-language": "en"}).content.decode()
        for on in ("2017-12-31", "2018-01-01")
    )
    assert "term_months &lt;= 36" in early
    assert "A newer text of this rule holds from 2018-01-01." in early
    assert ("term_months &lt;= 24" in late, "A newer text" in late) == (True, False)
