"""LIANXI_PACK=in (or id) gives a working installation of that country, from a fresh database to a finding."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests import environment


@pytest.fixture(scope="module", params=["in", "id"])
def told(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What a process that lives by the pack did on a fresh database."""
    name = f"{environment.NAME}_{request.param}"
    environment.postgres.drop_database(name)
    environment.postgres.create_database(name, template=environment.template_name())
    variables = {
        **os.environ, "LIANXI_PACK": request.param, "DATABASE_URL": environment.postgres.dsn(name, "app"),
        "LIANXI_OWNER_DATABASE_URL": environment.postgres.dsn(name, "owner"),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "tests.flows.abroad"], cwd=environment.ROOT, env=variables, capture_output=True,
        text=True, check=False,
    )
    environment.postgres.drop_database(name)
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout.splitlines()[-1])


EXPECTED: dict[str, dict[str, Any]] = {
    "in": {"zone": "Asia/Kolkata", "currency": "INR", "body": "RBI", "finding": "RBI17-04"},
    "id": {"zone": "Asia/Jakarta", "currency": "IDR", "body": "OJK", "finding": "POJK22-01"},
}


def test_zone_and_money_are_those_of_the_pack(told: dict[str, Any]) -> None:
    wanted = EXPECTED[told["pack"]]
    assert (told["zone"], told["currency"]) == (wanted["zone"], wanted["currency"])


def test_load_brings_law_and_bodies_and_twice_changes_nothing(told: dict[str, Any]) -> None:
    assert not told["first"]
    assert told["second"] == ["0 added"]


def test_one_body_leads_where_the_facts_say_so_and_the_rest_is_a_named_gap(told: dict[str, Any]) -> None:
    assert (told["lead"], told["overlaps"]) == (EXPECTED[told["pack"]]["body"], 0)
    assert told["gaps"] == [["p2p_lending", "content"], ["p2p_lending", "crime"]]


def test_a_filing_is_judged_by_the_law_of_the_country_and_owned_by_its_body(told: dict[str, Any]) -> None:
    wanted = EXPECTED[told["pack"]]
    assert told["findings"] == [[wanted["finding"], wanted["body"]]]


def test_a_complaint_has_a_body_and_its_clocks(told: dict[str, Any]) -> None:
    assert told["complaint_goes_to"] == EXPECTED[told["pack"]]["body"]
    assert told["clocks"] == {
        "in": [["first_answer", "2020-07-15"], ["handling", "2020-06-24"]],
        "id": [["first_answer", "2024-07-01"], ["handling", "2024-06-26"]],
    }[told["pack"]]


def test_a_meeting_can_be_opened(told: dict[str, Any]) -> None:
    assert (told["convenor"], told["meeting"]) == (EXPECTED[told["pack"]]["body"], True)


def test_public_pages_open_in_both_languages(told: dict[str, Any]) -> None:
    assert {path: status for path, status in told["pages"].items() if status != 200} == {}


def test_the_bodies_of_a_second_country_stay_out_with_a_cure(told: dict[str, Any]) -> None:
    assert told["law_of_another"] == "cn: its law only; bodies and mandates are loaded from the home pack"
    assert (told["refused"], told["unchanged"]) == ("map.other_pack", True)
    assert "LIANXI_PACK" in told["cure"]
