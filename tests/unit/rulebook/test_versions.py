"""`known_at` tells the truth for every kind of law: a load retires and adds, and overwrites nothing."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common import clock
from common.db.acting import acting_as
from common.errors import Refusal
from common.versions import Counts
from rulebook import selectors
from rulebook.entries import Basis, DeadlineEntry, InstrumentEntry, Pack, ParameterEntry, ParameterValueEntry
from rulebook.models import (
    Clause,
    DeadlineRule,
    Instrument,
    PackImport,
    ParameterValue,
    SourceConfirmation,
    WorkingYear,
)
from rulebook.packs import read_pack
from rulebook.selectors import check_plan, corrections_between, deadline_rule, parameter_value, working_calendar
from rulebook.services import pack_export, pack_load
from tests.factories.rulebook import SYSTEM, cn_pack
from tests.factories.versions import rewritten
from tests.thorough import cases

pytestmark = pytest.mark.django_db
BASE = "/api/v1/rulebook"
VOID = "interest.void_percent"
WRITTEN, CORRECTED, DROPPED = "2030-01-05T10:00+08:00", "2030-03-01T10:00+08:00", "2030-06-01T10:00+08:00"
BEFORE, AFTER, LATER = "2030-02-01", "2030-04-01", "2030-07-01"
ON = date(2017, 6, 30)


def load_at(moment: str, pack: Pack) -> dict[str, Counts]:
    with clock.frozen(moment):
        return dict(pack_load(actor=SYSTEM, pack=pack).counts)


def with_value(pack: Pack, value: str) -> Pack:
    entry = pack.parameters[VOID]
    changed = dataclasses.replace(entry, values=(dataclasses.replace(entry.values[0], value=value),))
    return dataclasses.replace(pack, parameters={**pack.parameters, VOID: changed})


def with_term(pack: Pack, **changes: Any) -> Pack:
    terms = [dataclasses.replace(row, **changes) if row.key == "complaint.answer" else row for row in pack.deadlines]
    return dataclasses.replace(pack, deadlines=tuple(terms))


def with_clause(pack: Pack, **changes: Any) -> Pack:
    first, *rest = pack.clauses
    return dataclasses.replace(pack, clauses=(dataclasses.replace(first, **changes), *rest))


def with_instrument(pack: Pack, **changes: Any) -> Pack:
    changed = dataclasses.replace(pack.instruments["P2P16"], **changes)
    return dataclasses.replace(pack, instruments={**pack.instruments, "P2P16": changed})


def without(pack: Pack) -> Pack:
    """The pack after the entries of these tests were dropped."""
    return dataclasses.replace(
        pack,
        parameters={key: entry for key, entry in pack.parameters.items() if key != VOID},
        deadlines=tuple(row for row in pack.deadlines if row.key != "complaint.answer"),
        clauses=pack.clauses[1:],
        instruments={key: entry for key, entry in pack.instruments.items() if key != "P2P16"},
    )


def ask(client: Client, path: str, **query: Any) -> Any:
    answer = client.get(f"{BASE}/{path}", {"on": ON.isoformat(), "limit": 200, **query})
    assert answer.status_code == 200, answer.content
    return answer.json()


# --- the case that was found: 36 becomes 24 -------------------------------------------------------------------------
@pytest.fixture
def corrected() -> None:
    """The shipped pack, and then one that holds 24 instead of 36."""
    pack = cn_pack()
    assert pack.parameters[VOID].values[0].value == "36"
    load_at(WRITTEN, pack)
    assert load_at(CORRECTED, with_value(pack, "24"))["parameters"].changed == 1


def test_a_corrected_number_is_told_as_it_was_known(corrected: None, client: Client):
    told = {
        moment: ask(client, f"parameters/{VOID}", **({"known_at": moment} if moment else {}))["value"]["value"]
        for moment in ("", BEFORE, "2030-03-01T09:59:59+08:00", CORRECTED, AFTER)
    }
    assert told == {"": "24", BEFORE: "36", "2030-03-01T09:59:59+08:00": "36", CORRECTED: "24", AFTER: "24"}
    listed = {
        moment: {row["key"]: row["value"] for row in ask(client, "parameters", known_at=moment)["results"]}
        for moment in (BEFORE, AFTER)
    }
    assert (listed[BEFORE][VOID], listed[AFTER][VOID]) == ("36", "24")
    assert {key for key in listed[BEFORE] if listed[BEFORE][key] != listed[AFTER].get(key)} == {VOID}
    assert client.get(f"{BASE}/parameters/{VOID}", {"known_at": "2030-01-04"}).status_code == 404


def test_the_history_of_a_number_shows_both(corrected: None, client: Client):
    versions = ask(client, f"parameters/{VOID}")["versions"]
    written, changed = (f"2030-{day}T02:00:00+00:00" for day in ("01-05", "03-01"))
    assert [(row["value"], row["known_from"], row["known_until"]) for row in versions] == [
        ("24", changed, None), ("36", written, changed),
    ]  # fmt: skip


def test_what_was_corrected_between_two_moments(corrected: None, client: Client):
    found = ask(client, "corrections", **{"from": BEFORE, "to": AFTER})["results"]
    assert [(row["kind"], row["key"], row["change"], row["what"], row["before"], row["after"]) for row in found] == [
        ("parameter", f"{VOID}@2015-09-01", "changed", "value", "36", "24")
    ]
    assert ask(client, "corrections", **{"from": AFTER, "to": LATER})["results"] == []
    for query, field in (({"from": AFTER, "to": BEFORE}, "to"), ({"from": "soon", "to": AFTER}, "from")):
        refused = client.get(f"{BASE}/corrections", query)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)


def test_a_plan_is_made_of_the_numbers_known_then(corrected: None):
    def limit(**known: datetime) -> str:
        plan = check_plan("loan_book", "p2p_lending", ON, **known)
        return next(check for check in plan.checks if check["rule_id"] == "SPCL-01-void")["sql"]

    with clock.frozen(BEFORE) as before, clock.frozen(AFTER) as after:
        assert limit() == limit(known_at=after) != limit(known_at=before)
    assert ("24" in limit(), "36" in limit(known_at=before)) == (True, True)
    assert limit(known_at=before).replace("36", "24") == limit()


def test_the_difference_between_two_days_is_that_of_then(corrected: None, client: Client):
    asked = {"from": "2015-08-31", "to": "2015-09-01", "limit": 200}
    seen = {}
    for moment in (BEFORE, AFTER):
        rows = client.get(f"{BASE}/changes", {**asked, "known_at": moment}).json()["results"]
        seen[moment] = [row["after"] for row in rows if row["key"] == VOID]
    assert seen == {BEFORE: ["36 percent_per_year"], AFTER: ["24 percent_per_year"]}


# --- every other kind, changed and dropped --------------------------------------------------------------------------
def term_shown(client: Client, **known: str) -> Any:
    found = ask(client, "deadlines", line="p2p_lending", **known)["results"]
    return next((row["amount"] for row in found if row["key"] == "complaint.answer"), None)


def clause_shown(client: Client, **known: str) -> Any:
    wanted = cn_pack().clauses[0]
    found = client.get(f"{BASE}/clauses", {"on": wanted.valid_from.isoformat(), "limit": 200, **known}).json()
    return next((row["text"]["en"] for row in found["results"] if row["key"] == wanted.key), None)


def instrument_shown(client: Client, **known: str) -> Any:
    found = ask(client, "instruments", **known)["results"]
    return next((row["title"]["en"] for row in found if row["key"] == "P2P16"), None)


KINDS = {
    "deadlines": (term_shown, lambda pack: with_term(pack, amount=99), 99),
    "clauses": (clause_shown, lambda pack: with_clause(pack, text={"zh": "新", "en": "New words"}), "New words"),
    "instruments": (instrument_shown, lambda pack: with_instrument(pack, title={"zh": "新", "en": "New"}), "New"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_told_as_it_was_known(kind: str, client: Client):
    shown, change, new = KINDS[kind]
    load_at(WRITTEN, cn_pack())
    old = shown(client)
    assert old not in (None, new)
    assert load_at(CORRECTED, change(cn_pack()))[kind].changed >= 1
    assert load_at(DROPPED, without(cn_pack()))[kind].retired >= 1
    assert shown(client) is None
    assert [shown(client, known_at=moment) for moment in (BEFORE, AFTER, LATER)] == [old, new, None]


def test_an_instrument_and_its_clauses_are_those_of_then(client: Client):
    load_at(WRITTEN, cn_pack())
    load_at(CORRECTED, with_instrument(cn_pack(), note={"zh": "新", "en": "New note"}))
    page = client.get(f"{BASE}/instruments/P2P16").json()
    assert (page["note"]["en"], len(page["versions"])) == ("New note", 2)
    then = client.get(f"{BASE}/instruments/P2P16", {"known_at": BEFORE}).json()
    assert then["note"] != page["note"]
    assert then["clauses"] == page["clauses"] != []


def test_terms_and_coverage_are_read_as_of_then():
    load_at(WRITTEN, cn_pack())
    load_at(CORRECTED, dataclasses.replace(with_term(cn_pack(), amount=99), clauses=(), rules=()))
    with clock.frozen(BEFORE) as before:
        term, matrix = (read(known_at=before) for read in (read_term, read_matrix))
    assert (term, read_term()) == (15, 99)
    cells = len(matrix.lines) * len(matrix.subjects)
    assert read_matrix().counts()["empty"] == cells > matrix.counts()["empty"]


def read_term(**known: Any) -> int:
    found = deadline_rule("complaint.answer", ON, "p2p_lending", **known)
    return found.amount if found else 0


def read_matrix(**known: Any) -> Any:
    return selectors.law_coverage_on(ON, **known)


def test_calendar_years_are_those_of_then():
    load_at(WRITTEN, cn_pack())
    (key, calendar), *_rest = cn_pack().calendars.items()
    year = max(calendar.years)
    holidays = calendar.years[year].holidays
    fewer = {day: name for day, name in holidays.items() if day != max(holidays)}
    changed = dataclasses.replace(calendar.years[year], holidays=fewer)
    shorter = dataclasses.replace(calendar, years={**calendar.years, year: changed})
    assert load_at(CORRECTED, dataclasses.replace(cn_pack(), calendars={key: shorter}))["calendars"].changed == 1
    dropped = dataclasses.replace(calendar, years={k: v for k, v in calendar.years.items() if k != year})
    assert load_at(DROPPED, dataclasses.replace(cn_pack(), calendars={key: dropped}))["calendars"].retired == 1
    with clock.frozen(BEFORE) as before, clock.frozen(AFTER) as after:
        known = [working_calendar(key, known_at=moment).years.get(year) for moment in (before, after, None)]
    assert known == [calendar.years[year], changed, None]
    assert WorkingYear.objects.filter(calendar=key, year=year).count() == 2


# --- loading --------------------------------------------------------------------------------------------------------
_names = count(1)


def made_up(values: dict[str, int], **more: Any) -> Pack:
    """A pack of a few numbers, terms and instruments under one name."""
    basis = Basis("CONV", text_status="convention")

    def title(text: str) -> dict[str, str]:
        return {"zh": text, "en": text}

    numbers = {
        f"a.{key}": ParameterEntry(
            f"a.{key}", title(key), "integer", "days", (ParameterValueEntry(date(2015, 1, 1), None, str(value), basis),)
        )
        for key, value in values.items()
    }
    terms = tuple(
        DeadlineEntry(
            key=f"t.{key}", title=title(key), business_lines=(), valid_from=date(2015, 1, 1), valid_to=None,
            start_event="x", amount=value, unit="days", calendar="c", pause_events=(), extensions=(), basis=basis,
        )
        for key, value in values.items()
    )  # fmt: skip
    texts = {
        key.upper(): InstrumentEntry(
            key=key.upper(), title=title(f"{key} {value}"), issuers=(), document_number="", text_status="convention",
            announced=None, valid_from=None, valid_to=None, dates_verified=False, note=None,
        )
        for key, value in values.items()
    }  # fmt: skip
    changes = {
        "name": "zz", "instruments": texts, "parameters": numbers, "deadlines": terms, "rules": (), "clauses": (),
        "calendars": {}, "mandates": (), "authorities": (), **more,
    }  # fmt: skip
    return dataclasses.replace(cn_pack(), **changes)


def held(pack: str, known_at: datetime | None) -> dict[str, int]:
    """What three kinds of rows say, and that they agree."""
    numbers = {row.key[2:]: int(row.value) for row in ParameterValue.objects.known(known_at).filter(pack=pack)}
    terms = {row.key[2:]: row.amount for row in DeadlineRule.objects.known(known_at).filter(pack=pack)}
    texts = [row.title_en.split() for row in Instrument.objects.known(known_at).filter(pack=pack)]
    assert numbers == terms == {key: int(value) for key, value in texts}
    return numbers


@pytest.mark.thorough
@settings(max_examples=cases(15, 60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.integers(1, 3)), min_size=1, max_size=6))
def test_at_any_moment_the_answer_is_the_pack_of_then(packs: list[dict[str, int]]):
    name, start = f"p{next(_names)}", datetime.fromisoformat(WRITTEN)
    for hours, values in enumerate(packs):
        load_at((start + timedelta(hours=hours)).isoformat(), made_up(values, name=name))
    for hours, values in enumerate(packs):
        for minutes in (0, 59):
            assert held(name, start + timedelta(hours=hours, minutes=minutes)) == values
    assert held(name, None) == packs[-1]
    assert held(name, start - timedelta(microseconds=1)) == {}


def test_a_load_says_what_it_added_changed_and_retired_and_the_second_does_nothing():
    assert load_at(WRITTEN, made_up({"a": 1, "b": 1}))["parameters"] == Counts(created=2)
    assert load_at(CORRECTED, made_up({"a": 2, "c": 1}))["parameters"] == Counts(created=1, changed=1, retired=1)
    again = load_at(DROPPED, made_up({"a": 2, "c": 1}))
    assert {kind: counts.changes for kind, counts in again.items()} == dict.fromkeys(again, 0)
    assert again["deadlines"] == Counts(unchanged=2)
    assert PackImport.objects.filter(pack="zz").count() == 2
    assert ParameterValue.objects.filter(pack="zz").count() == 4


def test_what_was_dropped_may_come_back_as_another_version():
    for moment, values in ((WRITTEN, {"a": 1}), (CORRECTED, {}), (DROPPED, {"a": 1})):
        load_at(moment, made_up(values))
    first, second = ParameterValue.objects.filter(pack="zz").order_by("id")
    with clock.frozen(CORRECTED) as gone:
        assert (first.retired_at, second.retired_at) == (gone, None)
    with clock.frozen(BEFORE) as before, clock.frozen(AFTER) as between, clock.frozen(LATER) as later:
        assert [held("zz", moment) for moment in (before, between, later)] == [{"a": 1}, {}, {"a": 1}]
        changes = [row.change for row in corrections_between(before, between, pack="zz") if row.kind == "parameter"]
    assert changes == ["retired"]


def test_what_staff_made_is_neither_replaced_nor_retired():
    load_at(WRITTEN, made_up({"a": 1, "b": 1}))
    with clock.frozen(BEFORE):
        rewritten(ParameterValue.objects.filter(pack="zz"), value="7", origin="staff")
    counts = load_at(CORRECTED, made_up({"a": 2}))["parameters"]
    assert counts == Counts(kept=1)
    living = ParameterValue.objects.current().filter(pack="zz").order_by("key")
    assert [(row.key, row.value, row.origin) for row in living] == [("a.a", "7", "staff"), ("a.b", "7", "staff")]


@pytest.mark.django_db(transaction=True)
def test_two_loads_of_a_correction_at_once_write_it_once():
    pack_load(actor=SYSTEM, pack=made_up({"a": 1}))
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda _: _load_in_thread(made_up({"a": 2})), range(2)))
    assert sorted(result["parameters"].changed for result in results) == [0, 1]
    with acting_as(SYSTEM):
        assert [row.value for row in ParameterValue.objects.filter(pack="zz").order_by("id")] == ["1", "2"]


def _load_in_thread(pack: Pack) -> dict[str, Counts]:
    try:
        return dict(pack_load(actor=SYSTEM, pack=pack).counts)
    finally:
        connection.close()


def test_an_export_after_corrections_reads_back(tmp_path: Path):
    load_at(WRITTEN, cn_pack())
    changed = with_clause(with_term(with_value(cn_pack(), "24"), amount=99), text={"zh": "新", "en": "New words"})
    load_at(CORRECTED, changed)
    pack = read_pack(pack_export(actor=SYSTEM, to=tmp_path).folder)
    assert (pack.parameters, pack.instruments) == (changed.parameters, changed.instruments)
    assert [clause.key for clause in selectors.clauses()] == [
        clause.key for clause in sorted(cn_pack().clauses, key=lambda one: one.instrument)
    ]
    assert pack_load(actor=SYSTEM, pack=pack).changes == 0


def test_an_export_as_of_then_is_the_pack_of_then(tmp_path: Path):
    load_at(WRITTEN, cn_pack())
    load_at(CORRECTED, dataclasses.replace(without(cn_pack()), rules=(), calendars={}))
    with clock.frozen(BEFORE) as before, clock.frozen("2030-01-04") as too_early:
        pack = read_pack(pack_export(actor=SYSTEM, to=tmp_path / "then", known_at=before).folder)
        with pytest.raises(Refusal) as refused:
            pack_export(actor=SYSTEM, to=tmp_path / "early", known_at=too_early)
    assert refused.value.code == "export.pack_unknown"
    assert not (tmp_path / "early").exists()
    assert (pack.parameters, pack.instruments) == (cn_pack().parameters, cn_pack().instruments)
    assert {rule.sha256 for rule in pack.rules} == {rule.sha256 for rule in cn_pack().rules}
    years = [{key: calendar.years for key, calendar in one.calendars.items()} for one in (pack, cn_pack())]
    assert years[0] == years[1]
    now = pack_export(actor=SYSTEM, to=tmp_path / "now").folder
    assert [path.name for path in (now / "calendars").glob("*")] == []
    assert not (now / "rules").exists()


# --- public pages ---------------------------------------------------------------------------------------------------
def test_the_page_of_a_rule_shows_the_number_of_then_and_of_now(corrected: None, client: Client):
    asked = ({"on": "2017-06-30"}, {"on": "2017-06-30", "known_at": BEFORE})
    now, then = (client.get("/rules/SPCL-01-void/", query) for query in asked)
    spans = [[span.value for item in page.context["values"] for span in item["spans"]] for page in (now, then)]
    earlier = [past["value"] for item in now.context["values"] for past in item["earlier"]]
    assert (spans, earlier) == ([["24"], ["36"]], ["36"])
    words = "As the system knew it"
    english = {"accept-language": "en"}
    answers = [client.get("/rules/SPCL-01-void/", {"known_at": at}, headers=english) for at in ("", BEFORE, "soon")]
    shown = [answer.content.decode() for answer in answers]
    assert [words in page for page in shown] == [False, True, False]
    assert "held from" in shown[0]
    assert client.get("/rules/SPCL-01-void/", {"known_at": "2030-01-04"}).status_code == 404


def test_the_lists_and_the_page_of_a_text_are_those_of_then(client: Client):
    load_at(WRITTEN, cn_pack())
    load_at(CORRECTED, dataclasses.replace(without(cn_pack()), rules=()))
    asked = {"on": "2017-06-30", "known_at": BEFORE}
    assert client.get("/rules/instruments/P2P16/").status_code == 404
    page = client.get("/rules/instruments/P2P16/", asked)
    assert len(page.context["clauses"]) == sum(clause.instrument == "P2P16" for clause in cn_pack().clauses)
    totals = [client.get("/rules/", query).context["total"] for query in ({"on": "2017-06-30"}, asked)]
    assert totals[0] == 0 < totals[1]
    lists = [client.get("/rules/instruments/", query).context["rows"] for query in ({}, asked)]
    keys = [{row["row"].key for row in rows} for rows in lists]
    assert keys[1] - keys[0] == {"P2P16"}


# --- confirmed sources ----------------------------------------------------------------------------------------------
def test_a_confirmation_counts_for_the_words_that_were_seen():
    """Corrected later, the number waits again; as known before, it was confirmed."""
    load_at(WRITTEN, made_up({"a": 1}))
    row = ParameterValue.objects.get(pack="zz")
    seen = selectors.source_row("parameter", "a.a@2015-01-01", pack="zz")
    with clock.frozen(WRITTEN) as moment:
        SourceConfirmation.objects.create(
            pack="zz", kind="parameter", key=seen.key, fingerprint=seen.fingerprint, link="https://example.org/law",
            first_by="测试用户甲", first_at=moment, second_by="测试用户乙", second_at=moment,
        )
    assert parameter_value("a.a", ON, pack="zz").verified is True
    load_at(CORRECTED, made_up({"a": 2}))
    with clock.frozen(BEFORE) as before:
        then = parameter_value("a.a", ON, pack="zz", known_at=before)
    now = parameter_value("a.a", ON, pack="zz")
    assert [(str(one.value), one.verified) for one in (then, now)] == [("1", True), ("2", False)]
    assert ParameterValue.objects.get(pk=row.pk).value == "1"


# --- the database holds it ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("model", [Instrument, Clause, ParameterValue, DeadlineRule])
@pytest.mark.parametrize("change", ["update", "save", "delete", "retire twice"])
def test_the_database_refuses_to_change_what_was_known(model: Any, change: str):
    load_at(WRITTEN, cn_pack())
    row = model.objects.order_by("id").first()
    before = vars(model.objects.get(pk=row.pk))
    verbs = {
        "update": lambda: model.objects.filter(pk=row.pk).update(title_en="other"),
        "save": lambda: model(**{**_columns(row), "id": row.pk, "title_en": "other"}).save(force_update=True),
        "delete": row.delete,
        "retire twice": lambda: [model.objects.filter(pk=row.pk).update(retired_at=at) for at in (clock.now(), None)],
    }
    with pytest.raises(DatabaseError, match="versions are"), transaction.atomic():
        verbs[change]()
    after = vars(model.objects.get(pk=row.pk))
    assert {**after, "_state": 0} == {**before, "_state": 0}


def _columns(row: Any) -> dict[str, Any]:
    return {name: value for name, value in vars(row).items() if not name.startswith("_")}


@pytest.mark.parametrize("model", [Instrument, Clause, ParameterValue, DeadlineRule])
def test_an_entry_has_one_living_row(model: Any):
    load_at(WRITTEN, cn_pack())
    row = model.objects.order_by("id").first()
    copy = {name: value for name, value in _columns(row).items() if name not in ("id", "public_id")}
    with pytest.raises(DatabaseError, match="_once"), transaction.atomic():
        model.objects.create(**copy)
    assert model.objects.count() == model.objects.current().count()
    with clock.frozen(CORRECTED) as moment:
        model.objects.create(**{**copy, "retired_at": moment})
    assert model.objects.count() == model.objects.current().count() + 1
