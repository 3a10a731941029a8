"""The rulebook's API: any day, any filter, history and differences, and every way to ask wrongly."""

from urllib.parse import urlsplit

import pytest
from django.test import Client
from jsonschema import Draft202012Validator, FormatChecker

from common import clock
from rulebook.models import RuleVersion
from tests.factories.rulebook import SYSTEM, cn_loaded, cn_pack, rule_text, rule_version

pytestmark = pytest.mark.django_db
BASE = "/api/v1/rulebook"


@pytest.fixture(autouse=True)
def _pack(acting_system):
    cn_loaded()


def ask(client: Client, path: str, **query) -> dict:
    answer = client.get(f"{BASE}/{path}", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def ids(answer: dict, name: str = "id") -> list[str]:
    return [row[name] for row in answer["results"]]


def test_rules_by_line_kind_subject_and_source(client: Client):
    whole = ask(client, "rules", on="2017-06-30", line="p2p_lending", limit=200)["results"]
    for name, value, path in (
        ("kind", "aggregate", lambda row: row["kind"]),
        ("subject", "disclosure", lambda row: row["subject"]),
        ("verified", "false", lambda row: str(row["verified"]).lower()),
    ):
        found = ask(client, "rules", on="2017-06-30", line="p2p_lending", limit=200, **{name: value})
        assert ids(found) == [row["id"] for row in whole if path(row) == value]
        assert 0 < len(found["results"]) < len(whole), name


def test_pages_go_forward_and_back(client: Client):
    whole = ids(ask(client, "rules", on="2017-06-30", limit=200))
    first = ask(client, "rules", on="2017-06-30", limit=10)
    second = client.get(first["next"]).json()
    assert ids(first) + ids(second) == whole[:20]
    assert (first["previous"], ids(client.get(second["previous"]).json())) == (None, whole[:10])
    seen, address = [], f"{BASE}/rules?on=2017-06-30&limit=10"
    while address:
        page = client.get(address).json()
        seen += ids(page)
        address = page["next"] and f"{urlsplit(page['next']).path}?{urlsplit(page['next']).query}"
    assert seen == whole


def test_a_rule_as_it_was_known(client: Client):
    with clock.frozen("2030-01-05T10:00+08:00"):
        rule_version(text=cn_pack().rule("P2P16-20").source_text + "# a word\n")
    before = ask(client, "rules/P2P16-20", known_at="2030-01-04")
    after = ask(client, "rules/P2P16-20", known_at="2030-01-05T10:00:00+08:00")
    assert (before["origin"], after["origin"]) == ("pack", "staff")
    assert client.get(f"{BASE}/rules/P2P16-20", {"known_at": "1990-01-01"}).status_code == 404
    assert ask(client, "rules", known_at="1990-01-01")["results"] == []


def test_the_history_names_every_version_and_who_made_it(client: Client):
    rule_version(text=cn_pack().rule("P2P16-20").source_text + "# a word\n")
    found = ask(client, "rules/P2P16-20/history")["results"]
    stored = RuleVersion.objects.filter(rule_id="P2P16-20").order_by("-id").values_list("sha256", flat=True)
    assert [row["version_sha256"] for row in found] == list(stored)
    assert [(row["origin"], row["made_by"]) for row in found] == [("staff", ""), ("pack", SYSTEM.label)]


def test_what_differs_in_a_rule_between_two_days(client: Client):
    found = ask(client, "rules/P2P16-17/diff", **{"from": "2017-08-16", "to": "2017-08-17"})
    assert [(row["what"], row["before"], row["after"], row["since"]) for row in found["changes"]] == [
        ("severity", "minor", "major", "2017-08-17")
    ]
    assert found["text"] == []
    began = ask(client, "rules/P2P16-17/diff", **{"from": "2016-08-16", "to": "2016-08-17"})
    assert [(row["change"], row["since"]) for row in began["changes"]] == [("came", "2016-08-17")]
    assert [began["before"]["in_force"], began["after"]["in_force"]] == [False, True]
    same = ask(client, "rules/P2P16-17/diff", **{"from": "2016-08-18", "to": "2016-08-19"})
    assert (same["changes"], same["text"]) == ([], [])


def test_what_changed_in_the_law(client: Client):
    found = ask(client, "changes", **{"from": "2020-08-19", "to": "2020-08-20", "limit": 200})["results"]
    seen = {(row["kind"], row["key"], row["change"]) for row in found}
    assert ("parameter", "interest.void_percent", "went") in seen
    assert ("parameter", "interest.lpr_multiple", "came") in seen
    assert ("rule", "SPCL-02", "came") in seen
    assert all(row["legal_basis"]["instrument"] for row in found)
    assert ask(client, "changes", **{"from": "2020-08-20", "to": "2020-08-20"})["results"] == []


def test_a_staff_text_from_a_day_on_shows_its_lines(client: Client):
    rule_version(text=rule_text())
    rule_version(text=rule_text(limit=24).replace("2015-01-01", "2018-01-01"))
    found = ask(client, "rules/TEST-01/diff", **{"from": "2017-12-31", "to": "2018-01-01"})
    assert [row["what"] for row in found["changes"]] == ["version"]
    lines = [(row["mark"], row["line"]) for row in found["text"] if row["mark"] in "+-"]
    assert ("-", "check: term_months <= 36") in lines
    assert ("+", "check: term_months <= 24") in lines


def test_a_parameter_with_all_its_values(client: Client):
    found = ask(client, "parameters/interest.void_percent", on="2020-08-19")
    assert found["value"]["value"] == "36"
    assert [row["valid"]["from"] for row in found["values"]] == ["2015-09-01"]
    assert ask(client, "parameters/interest.void_percent", on="2020-08-20")["value"] is None


def test_instruments_clauses_and_deadlines(client: Client):
    listed = {row["key"]: row for row in ask(client, "instruments", on="2017-06-30", limit=200)["results"]}
    assert listed["P2P16"]["is_in_force"] is True
    assert listed["P2P16"]["in_force"]["from"] == "2016-08-17"
    assert ask(client, "instruments/P2P16")["clauses"] == [
        row for row in ask(client, "instruments/P2P16")["clauses"] if row["instrument"] == "P2P16"
    ]
    clauses = ask(client, "clauses", on="2017-06-30", limit=200)["results"]
    chosen = ask(client, "clauses", on="2017-06-30", limit=200, instrument="P2P16", subject="conduct")["results"]
    assert [row["key"] for row in chosen] == sorted(
        row["key"] for row in clauses if (row["instrument"], row["subject"]) == ("P2P16", "conduct")
    )
    terms = ask(client, "deadlines", on="2020-12-01", line="consumer_finance", limit=200)["results"]
    assert {"complaint.answer", "complaint.handling"} <= {row["key"] for row in terms}


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("rules", {"on": "yesterday"}, "on"),
        ("rules", {"known_at": "soon"}, "known_at"),
        ("rules", {"known_at": "9999-12-31"}, "known_at"),
        ("rules", {"known_at": "0001-01-01T00:00:00+14:00"}, "known_at"),
        ("rules", {"kind": "x"}, "kind"),
        ("rules", {"subject": "x"}, "subject"),
        ("rules", {"verified": "perhaps"}, "verified"),
        ("rules", {"pack": "mars"}, "pack"),
        ("rules", {"limit": "0"}, "limit"),
        ("rules", {"limit": "201"}, "limit"),
        ("rules", {"limit": "²"}, "limit"),
        ("rules", {"cursor": "%%%"}, "cursor"),
        ("rules", {"cursor": "YWJj"}, "cursor"),
        ("rules/P2P16-17", {"on": "2017-02-30"}, "on"),
        ("rules/P2P16-17/diff", {}, "from"),
        ("rules/P2P16-17/diff", {"from": "2017-01-01"}, "to"),
        ("rules/P2P16-17/diff", {"from": "2017-01-02", "to": "2017-01-01"}, "to"),
        ("changes", {"from": "x", "to": "2017-01-01"}, "from"),
        ("changes", {"from": "2017-01-01", "to": "2018-01-01", "line": "x"}, "line"),
        ("parameters", {"on": "x"}, "on"),
        ("parameters/interest.void_percent", {"on": "x"}, "on"),
        ("instruments", {"verified": "1"}, "verified"),
        ("clauses", {"kind": "x"}, "kind"),
        ("deadlines", {"line": "x"}, "line"),
    ],
)
def test_a_bad_question_names_the_field_and_the_cure(client: Client, path, query, field):
    answer = client.get(f"{BASE}/{path}", query)
    assert answer.status_code == 422, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["code"], problem["errors"][0]["field"]) == ("query.invalid", field)
    assert problem["cure"]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("rules/NONE-01", "rule.unknown"), ("rules/NONE-01/history", "rule.unknown"),
        ("rules/NONE-01/diff?from=2017-01-01&to=2017-01-02", "rule.unknown"),
        ("parameters/none", "parameter.unknown"), ("instruments/NONE", "instrument.unknown"),
    ],
)  # fmt: skip
def test_an_unknown_row_is_a_problem_with_a_cure(client: Client, path, code):
    answer = client.get(f"{BASE}/{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, code)
    assert answer.json()["cure"]


def test_a_list_costs_few_queries(client: Client, django_assert_max_num_queries):
    client.get(f"{BASE}/rules")
    with django_assert_max_num_queries(12):
        client.get(f"{BASE}/rules", {"limit": 200})


@pytest.fixture(scope="module")
def described() -> dict:
    """The OpenAPI description of this installation."""
    from drf_spectacular.generators import SchemaGenerator

    return SchemaGenerator().get_schema(request=None, public=True)


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        ("rules?limit=200", "rules"), ("rules/P2P16-17", "rules/{rule_id}"), ("rules/DEP17-06", "rules/{rule_id}"),
        ("rules/P2P16-17/history", "rules/{rule_id}/history"),
        ("rules/P2P16-17/diff?from=2016-08-16&to=2017-08-17", "rules/{rule_id}/diff"),
        ("changes?from=2015-01-01&to=2024-01-01&limit=200", "changes"), ("parameters?limit=200", "parameters"),
        ("corrections?from=2015-01-01&to=2099-01-01&limit=200", "corrections"),
        ("parameters/interest.void_percent", "parameters/{key}"), ("instruments?limit=200", "instruments"),
        ("instruments/P2P16", "instruments/{key}"), ("clauses?limit=200", "clauses"),
        ("deadlines?limit=200", "deadlines"),
    ],
)  # fmt: skip
def test_answers_have_the_shape_that_is_described(client: Client, described, path, pattern):
    operation = described["paths"][f"{BASE}/{pattern}"]["get"]
    shape = operation["responses"]["200"]["content"]["application/json"]["schema"]
    document = {**described, **shape}
    faults = [
        f"{'/'.join(map(str, fault.path))}: {fault.message[:200]}"
        for fault in Draft202012Validator(document, format_checker=FormatChecker()).iter_errors(
            client.get(f"{BASE}/{path}").json()
        )
    ]
    assert faults == []
