"""Who may knock where: every route of the URLconf × method × audience, compared with the table in matrix.yaml.

A new route without a row fails; so does a row whose route is gone. A wrong cell prints the row that was seen: think
about it before it goes into the table.
"""

from datetime import date
from functools import cache, partial
from pathlib import Path

import pytest
import yaml
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db import connection

from common import clock
from common.models import AuditEntry
from common.principal import Principal
from tests.contract import knocking, scene
from tests.contract.knocking import cell, knock
from tests.contract.scene import Scene
from tests.thorough import cases

TABLE = Path(__file__).with_name("matrix.yaml")
PROTECTED = ("cases_case", "complaints_complaint", "platforms_finding", "platforms_filingrevision", "complaints_reply")
OUTSIDE = ("foreign", "other")  # they hold no right on the objects of the scene
ROUTINE = ("/add/", "/history/", "/delete/")  # the same code behind each list: two audiences a day, all with --faults
TREES = {"api": ("api/",), "staff": ("admin/", "accounts/"), "public": ("",)}


@cache
def table() -> dict[str, dict[str, str]]:
    """Route → method → one cell per audience."""
    return dict(yaml.safe_load(TABLE.read_text("utf-8")))


def tree_of(route: str) -> str:
    """The URL tree a route belongs to."""
    return next(name for name, starts in TREES.items() if route.startswith(starts))


def audiences(route: str) -> tuple[str, ...]:
    """Who knocks there today."""
    everybody = tuple(knocking.audiences_of(route))
    is_routine = route.startswith("admin/") and route.endswith(ROUTINE)
    few = tuple(one for one in everybody if one in {"lead", "other"})
    return few if is_routine and cases(1, 2) == 1 else everybody


def differences(at_work: Scene, routes: list[str], methods: set[str]) -> list[str]:
    """The rows that are not as the table says, and changes made by someone outside."""
    wrong, before = [], AuditEntry.objects.order_by("-id").values_list("id", flat=True).first() or 0

    def watch(who: str, what: str) -> None:
        if who not in OUTSIDE or "<" not in what:
            return
        rows = AuditEntry.objects.filter(id__gt=before, table_name__in=PROTECTED)
        wrong.extend(f"{what} by {who} changed {row.table_name}" for row in rows)

    for route in routes:
        for method in [name for name in knocking.methods_of(route) if name in methods]:
            said = dict(zip(knocking.audiences_of(route), table()[route].get(method, "").split(), strict=False))
            seen = {
                one: cell(knock(route, method, one, at_work, afterwards=partial(watch, one, f"{method} {route}")))
                for one in audiences(route)
            }
            if seen != {one: said.get(one) for one in seen}:
                wrong.append(f"{route} {method}: {' '.join(seen.values())}   (the table says {said})")
    return wrong


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    routes = knocking.routes()
    assert [route for route in routes if route not in table()] == []
    assert [route for route in table() if route not in routes] == []
    assert [(r, m) for r in routes for m in knocking.methods_of(r) if m not in table()[r]] == []


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("tree", "methods"),
    [
        ("api", {"GET", "POST", "OPTIONS"}),
        ("api", {"PUT", "PATCH", "DELETE"}),
        ("public", {"GET", "POST"}),
        ("staff", {"GET"}),
        ("staff", {"POST"}),
    ],
)
def test_cells_are_as_the_table_says(at_work: Scene, tree: str, methods: set[str]) -> None:
    routes = [route for route in dict.fromkeys(knocking.routes()) if tree_of(route) == tree]
    found = differences(at_work, routes, methods)
    assert not found, "\n".join(found)


def test_no_cell_of_the_table_is_a_defect() -> None:
    cells = {one for rows in table().values() for row in rows.values() for one in row.split()}
    assert cells <= {"200", "201", "202", "401", "403", "404", "405", "409", "422", "login", "gone", "moved"}


def changelists() -> list[str]:
    """The lists of every registered page of the staff site."""
    return [f"admin/{model._meta.app_label}/{model._meta.model_name}/" for model in admin.site._registry]


def test_every_registered_model_has_its_list_in_the_table() -> None:
    assert len(changelists()) >= 20
    assert [route for route in changelists() if route not in table()] == []


def test_a_person_without_office_opens_no_list(at_work: Scene) -> None:
    user = get_user_model().objects.create_user(username="测试用户无职", is_staff=True)
    at_work.sessions["nobody"] = scene.session_of(Principal("staff", "user:nobody", user_id=user.pk))
    assert {cell(knock(route, "GET", "nobody", at_work)) for route in changelists()} == {"403"}


def test_an_account_that_is_no_staff_and_an_officer_without_second_factor_stay_outside(at_work: Scene) -> None:
    user = get_user_model().objects.create_user(username="测试用户外人", is_staff=False)
    at_work.sessions["outsider"] = scene.session_of(Principal("staff", "user:outsider", user_id=user.pk))
    at_work.sessions["half"] = scene.session_of(at_work.staff["lead"], second_factor=False)
    rare = ("login", "/add/", "/history/", "/delete/")
    routes = [
        one for one in knocking.routes() if one.startswith("admin/") and not any(word in one for word in rare)
    ]
    assert {cell(knock(route, "GET", "half", at_work)) for route in routes} == {"factor"}
    outside = {route: cell(knock(route, "GET", "outsider", at_work)) for route in routes if "logout" not in route}
    assert {route: seen for route, seen in outside.items() if seen != "login"} == {}


def test_a_revoked_office_is_dead_on_the_next_request(at_work: Scene) -> None:
    from regulators.models import Officer

    route = "admin/cases/case/"
    assert cell(knock(route, "GET", "lead", at_work)) == "200"
    term = Officer.objects.filter(user_id=at_work.staff["lead"].user_id)
    term.update(term_from=date(2017, 1, 1), term_to=clock.today())
    assert cell(knock(route, "GET", "lead", at_work)) == "403"


def test_a_foreign_object_answers_like_one_that_does_not_exist(at_work: Scene) -> None:
    """In the staff tree: the other authority gets for the lead's objects exactly what it gets for no object."""
    scoped = [route for route in knocking.routes() if route.startswith(
        ("admin/cases/case/<", "admin/complaints/complaint/<", "admin/complaints/complaint/file/",
         "admin/platforms/finding/<"))]  # fmt: skip
    assert len(scoped) >= 20
    different = []
    for route in scoped:
        for method in ("GET", "POST"):
            foreign = knock(route, method, "other", at_work)
            missing = knock(route, method, "other", at_work, missing=True)
            if cell(foreign) != cell(missing):
                different.append(f"{method} {route}: {cell(foreign)} / {cell(missing)}")
    assert different == []


def test_the_database_is_asked_as_the_serving_role() -> None:
    assert connection.settings_dict["USER"] == "lianxi_app"
