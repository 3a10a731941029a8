"""The supervision map as it was known: mandates, questions, routes, ownership, successions, bodies and regions."""

from __future__ import annotations

import importlib
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, transaction
from django.test import Client

from common import clock
from common.db.acting import acting_as
from common.errors import Refusal
from common.versions import Counts
from regulators import selectors, services
from regulators.models import (
    Authority,
    ConflictRoute,
    Mandate,
    MapVersion,
    OpenQuestion,
    OwnershipRule,
    Region,
    Succession,
)
from regulators.selectors.competence import mandate_table
from rulebook.entries import Basis, Pack, RegionEntry, RouteEntry
from tests.factories.regulators import SYSTEM, as_principal, at_once, officer, small_map, small_pack
from tests.factories.versions import rewritten

pytestmark = pytest.mark.django_db
WRITTEN, CORRECTED, DROPPED = "2030-01-05T10:00+08:00", "2030-03-01T10:00+08:00", "2030-06-01T10:00+08:00"
BEFORE, AFTER, LATER = "2030-02-01", "2030-04-01", "2030-07-01"
ON = date(2017, 6, 30)
CELL = "p2p_lending", "conduct", "110000"


def load_at(moment: str, pack: Pack) -> tuple[Counts, Counts]:
    with clock.frozen(moment):
        bodies = services.authorities_load(actor=SYSTEM, pack=pack)
        return bodies, services.mandates_load(actor=SYSTEM, pack=pack)


def moment(text: str) -> datetime:
    with clock.frozen(text) as found:
        return found


def renamed(pack: Pack, code: str, name: str, **more: Any) -> Pack:
    bodies = tuple(
        replace(body, name={"zh": name, "en": name}, **more) if body.code == code else body
        for body in pack.authorities
    )
    return replace(pack, authorities=bodies)


def routed() -> Pack:
    """The small pack with one route."""
    words = {"zh": "约定", "en": "convention"}
    route = RouteEntry(
        "entity", "registered_place", "conduct", words, date(2015, 7, 14), None, Basis("CONV", text_status="convention")
    )
    return small_pack(routes=(route,))


def lead(**known: Any) -> str | None:
    found = selectors.competent_authorities(*CELL, ON, **known)
    return found.lead.code if found.lead else None


# --- mandates -------------------------------------------------------------------------------------------------------
def test_a_mandate_given_to_another_body_is_told_as_it_was_known(client: Client) -> None:
    pack = small_pack()
    load_at(WRITTEN, pack)
    moved = (replace(pack.mandates[0], authority="MPS"), *pack.mandates[1:])
    assert load_at(CORRECTED, replace(pack, mandates=moved))[1] == Counts(created=1, retired=1, unchanged=7)
    assert (lead(), lead(known_at=moment(BEFORE)), lead(known_at=moment(AFTER))) == ("MPS", "CBRC", "MPS")
    seen = {}
    for known_at in (BEFORE, AFTER, "2030-01-04"):
        asked = {"line": CELL[0], "role": CELL[1], "region": "000000", "on": "2017-06-30", "known_at": known_at}
        answer = client.get("/api/v1/mandates", asked)
        found = answer.json()
        seen[known_at] = found["results"][0]["lead"]["code"] if answer.status_code == 200 else answer.status_code
    assert seen == {BEFORE: "CBRC", AFTER: "MPS", "2030-01-04": 422}


def test_a_mandate_dropped_by_the_pack_is_a_gap_now_and_none_then(client: Client) -> None:
    pack = small_pack()
    load_at(WRITTEN, pack)
    assert load_at(CORRECTED, replace(pack, mandates=pack.mandates[1:]))[1].retired == 1
    assert Mandate.objects.count() == 4
    covered = {}
    for known_at in (BEFORE, AFTER):
        asked = {"line": CELL[0], "role": CELL[1], "on": "2017-06-30", "known_at": known_at}
        answer = client.get("/api/v1/coverage", asked).json()
        covered[known_at] = (answer["covered"], len(answer["gaps"]))
    assert covered == {BEFORE: (2, 0), AFTER: (0, 1)}
    assert selectors.coverage(ON, ["p2p_lending"], ["conduct"]).covered == 0
    for path in ("mandates", "coverage"):
        refused = client.get(f"/api/v1/{path}", {"line": CELL[0], "known_at": "soon"})
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "known_at")


def test_a_changed_basis_is_another_version() -> None:
    pack = small_pack()
    load_at(WRITTEN, pack)
    basis = replace(pack.mandates[0].basis, article="9")
    load_at(CORRECTED, replace(pack, mandates=(replace(pack.mandates[0], basis=basis), *pack.mandates[1:])))
    told = [
        selectors.competent_authorities(*CELL, ON, **known).basis[0]["en"]
        for known in ({"known_at": moment(BEFORE)}, {})
    ]
    assert told == ["GO15", "GO15, Art. 9"]


def test_what_a_person_confirmed_stays_and_what_the_pack_takes_back_does_not() -> None:
    pack = small_pack()
    load_at(WRITTEN, pack)
    rewritten(Mandate.objects.filter(authority__code="MPS"), verified=True)
    doubted = replace(pack.mandates[0], basis=Basis("GO15", facts=("GO15-02",), verified=False, text_status="memory"))
    counts = load_at(CORRECTED, replace(pack, mandates=(doubted, *pack.mandates[1:])))[1]
    assert (counts.changed, counts.unchanged) == (1, 7)
    living = dict(Mandate.objects.current().values_list("authority__code", "verified"))
    assert (living["MPS"], living["CBRC"]) == (True, False)
    assert (lead(known_at=moment(BEFORE)), lead()) == ("CBRC", None)


def test_a_row_of_another_origin_is_left_alone() -> None:
    pack = small_pack()
    load_at(WRITTEN, pack)
    rewritten(Mandate.objects.filter(authority__code="PBOC"), pack="", valid_to=date(2020, 1, 1))
    counts = load_at(CORRECTED, replace(pack, mandates=pack.mandates[:2]))[1]
    assert (counts.kept, counts.retired) == (0, 1)
    assert Mandate.objects.current().get(authority__code="PBOC").valid_to == date(2020, 1, 1)


# --- questions, routes, ownership -----------------------------------------------------------------------------------
def test_questions_routes_and_ownership_are_told_as_they_were_known() -> None:
    pack = routed()
    load_at(WRITTEN, pack)
    changed = replace(
        pack,
        undecided=(replace(pack.undecided[0], title={"zh": "新", "en": "New"}),),
        ownership=tuple(replace(row, role="crime") if row.kind == "case" else row for row in pack.ownership),
        routes=(replace(pack.routes[0], destination="joint_meeting"),),
    )
    assert load_at(CORRECTED, changed)[1].changed == 3
    assert load_at(DROPPED, replace(pack, undecided=(), ownership=(), routes=()))[1].retired == 5
    told = [
        ([q.title["en"] for q in selectors.open_questions(ON, known_at=known)],
         selectors.owner_role("case", ON, known_at=known))
        for known in (moment(BEFORE), moment(AFTER), moment(LATER), None)
    ]  # fmt: skip
    assert told == [(["Online micro-loans"], "conduct"), (["New"], "crime"), ([], None), ([], None)]
    assert [row.destination for row in ConflictRoute.objects.order_by("pk")] == ["registered_place", "joint_meeting"]
    assert selectors.route_of(selectors.Conflict("entity", CELL[0], region="110000"), ON).authority is None
    owner = selectors.competent_owner("case", *CELL[::2], ON, known_at=moment(BEFORE))
    assert owner.lead is not None
    assert owner.lead.code == "CBRC"


# --- bodies and regions ---------------------------------------------------------------------------------------------
def test_a_body_keeps_its_id_and_every_name_it_had() -> None:
    load_at(WRITTEN, small_pack())
    body = Authority.objects.get(code="CBRC")
    assert load_at(CORRECTED, renamed(small_pack(), "CBRC", "Other name"))[0] == Counts(changed=1, unchanged=10)
    found = [selectors.competent_authorities(*CELL, ON, **known) for known in ({}, {"known_at": moment(BEFORE)})]
    assert [(one.lead.id, one.lead.name["en"]) for one in found if one.lead] == [
        (body.pk, "Other name"), (body.pk, "CBRC"),
    ]  # fmt: skip
    assert ["Other name" in one.why["en"] for one in found] == [True, False]
    assert MapVersion.objects.filter(kind="authority", code="CBRC").count() == 2
    assert Authority.objects.get(code="CBRC").created_at == body.created_at


def test_a_succession_is_told_as_it_was_known() -> None:
    pack = small_pack()
    load_at(WRITTEN, pack)
    later = date(2019, 1, 1)
    bodies = tuple(replace(body, valid_from=later) if body.code == "CBIRC" else body for body in pack.authorities)
    assert load_at(CORRECTED, replace(pack, authorities=bodies))[0].changed == 2
    day = date(2018, 6, 30)
    leads = [
        selectors.competent_authorities(*CELL, day, known_at=known).lead for known in (moment(BEFORE), None)
    ]
    assert [one.code for one in leads if one] == ["CBIRC", "CBRC"]
    assert Succession.objects.count() == 3


def test_a_body_the_pack_dropped_is_no_longer_offered_but_everything_still_points_at_it() -> None:
    pack = small_pack()
    load_at(WRITTEN, pack)
    who = officer("LFO-110000")
    body = Authority.objects.get(code="LFO-110000")
    less = replace(pack, authorities=tuple(b for b in pack.authorities if b.code != body.code))
    dropped = replace(less, mandates=tuple(m for m in pack.mandates if m.authority != body.code))
    bodies, mandates = load_at(CORRECTED, dropped)
    assert (bodies, mandates) == (Counts(retired=1, unchanged=10), Counts(retired=1, unchanged=7))
    assert body.code not in Authority.objects.in_force(ON).values_list("code", flat=True)
    assert (who.authority_ids, selectors.authority_ref(body.pk).name["zh"]) == ((body.pk,), "北京金融办")
    tables = [mandate_table(known) for known in (moment(BEFORE), None)]
    assert [len(table.mandates) for table in tables] == [4, 3]
    with pytest.raises(Refusal) as refused:
        services.officer_appoint(actor=SYSTEM, user_id=who.user_id, authority_code=body.code, roles=("officer",))
    assert refused.value.code == "authority.unknown"
    assert load_at(DROPPED, pack)[0] == Counts(created=1, unchanged=10)
    assert Authority.objects.in_force(ON).get(code=body.code).pk == body.pk
    assert MapVersion.objects.filter(code=body.code).count() == 2


def test_a_region_is_told_as_it_was_known() -> None:
    pack = small_pack()
    load_at(WRITTEN, pack)
    more = RegionEntry("440000", {"zh": "广东省", "en": "Guangdong"}, {"zh": "广东", "en": "Guangdong"}, "000000")
    other = replace(pack.regions[1], name={"zh": "京", "en": "Capital"})
    load_at(CORRECTED, replace(pack, regions=(pack.regions[0], other, more)))
    trees = [selectors.region_tree(known) for known in (moment(BEFORE), moment(AFTER), None)]
    assert [sorted(tree.parents) for tree in trees] == [
        ["000000", "110000", "310000"], ["000000", "110000", "440000"], ["000000", "110000", "440000"],
    ]  # fmt: skip
    told = [selectors.competent_authorities(*CELL, ON, **k).why["en"] for k in ({}, {"known_at": moment(BEFORE)})]
    assert ["Capital" in told[0], "Beijing" in told[1]] == [True, True]
    assert selectors.region_name("310000")["en"] == "Shanghai"
    assert Region.objects.count() == 4


# --- loading --------------------------------------------------------------------------------------------------------
def test_the_second_load_of_a_correction_changes_nothing() -> None:
    changed = renamed(routed(), "CBRC", "Other name")
    load_at(WRITTEN, routed())
    assert load_at(CORRECTED, changed)[0].changes == 1
    again = load_at(DROPPED, changed)
    assert [counts.changes for counts in again] == [0, 0]
    assert MapVersion.objects.count() == 3 + 6 + 1


def test_staff_may_not_load_and_nothing_changes() -> None:
    load_at(WRITTEN, small_pack())
    person = officer("NFRA", "supervisor")
    for verb in (services.authorities_load, services.mandates_load):
        with pytest.raises(Refusal) as refused:
            verb(actor=person, pack=renamed(replace(small_pack(), mandates=()), "CBRC", "Other name"))
        assert refused.value.code == "permission.denied"
    assert (MapVersion.objects.count(), Mandate.objects.current().count()) == (9, 4)


@pytest.mark.django_db(transaction=True)
def test_two_loads_of_a_correction_at_once_write_it_once() -> None:
    with acting_as(SYSTEM):
        pack = small_map()
    ended = replace(pack.mandates[2], valid_to=date(2024, 1, 1))
    changed = renamed(replace(pack, mandates=(*pack.mandates[:2], ended, pack.mandates[3])), "CBRC", "Other name")

    def load() -> tuple[int, int]:
        bodies = services.authorities_load(actor=SYSTEM, pack=changed)
        return bodies.changed, services.mandates_load(actor=SYSTEM, pack=changed).changed

    results = at_once(*(as_principal(SYSTEM, load) for _ in range(3)))
    assert sorted(results) == [(0, 0), (0, 0), (1, 1)]
    with acting_as(SYSTEM):
        assert (Mandate.objects.count(), MapVersion.objects.filter(code="CBRC").count()) == (5, 2)


# --- the database holds it ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("model", [Mandate, OpenQuestion, ConflictRoute, OwnershipRule, Succession, MapVersion])
def test_the_database_refuses_to_change_what_was_known(model: Any) -> None:
    load_at(WRITTEN, routed())
    row = model.objects.order_by("pk").first()
    before = model.objects.filter(pk=row.pk).values().get()
    for change in (lambda: model.objects.filter(pk=row.pk).update(pack="x"), row.delete):
        with pytest.raises(DatabaseError, match="versions are"), transaction.atomic():
            change()
    copy = {name: value for name, value in before.items() if name not in ("id", "public_id")}
    with pytest.raises(DatabaseError, match="_once"), transaction.atomic():
        model.objects.create(**copy)
    assert model.objects.filter(pk=row.pk).values().get() == before


# --- installations that were loaded before --------------------------------------------------------------------------
def test_an_installation_of_before_gets_the_first_version_of_its_bodies() -> None:
    """The migration writes what the next load would, so that the load finds nothing to change."""
    migration = importlib.import_module("regulators.migrations.0005_kept_versions")
    with clock.frozen(WRITTEN):
        scheme = {"digits": 6, "step": 2}
        country = Region.objects.create(code="000000", name_zh="全国", name_en="whole country", scheme=scheme)
        for entry in small_pack().regions[1:]:
            Region.objects.create(code=entry.code, name_zh=entry.name["zh"], name_en=entry.name["en"], parent=country)
        for entry in small_pack().authorities:
            days = {"valid_from": entry.valid_from, "valid_to": entry.valid_to, "pack": "test"}
            Authority.objects.create(
                code=entry.code, name_zh=entry.name["zh"], name_en=entry.name["en"], short_zh=entry.short["zh"],
                short_en=entry.short["en"], kind=entry.kind, region=entry.region, dates_verified=True, **days,
            )  # fmt: skip
    with clock.frozen(BEFORE):
        migration.fill_map_versions(apps, None)
    assert set(MapVersion.objects.values_list("created_at", flat=True)) == {moment(WRITTEN)}
    assert load_at(CORRECTED, small_pack())[0] == Counts(created=2, unchanged=9)
