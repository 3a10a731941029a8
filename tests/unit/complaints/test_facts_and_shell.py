"""Pure facts, the workflow table, and the components of the public shell."""

import re
from datetime import date

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from common.site.nav import NavItem, nav_links
from complaints.choices import ComplaintState
from complaints.facts import ClockFacts, outlook_of, progress_of
from complaints.workflow import COMPLAINT


def clock(due: date, *, is_met: bool = False, is_escalated: bool = False) -> ClockFacts:
    """One clock."""
    return ClockFacts(
        "first_answer", due, is_provisional=False, is_paused=False, is_met=is_met, is_escalated=is_escalated,
        steps=(), basis={}, instrument={},
    )


def test_no_edge_closes_because_time_has_passed() -> None:
    by_time = [edge for edge in COMPLAINT.edges if "is_overdue" in edge.guards]
    assert {edge.target for edge in by_time} == {"escalated"}
    assert {edge.source for edge in by_time} == {"filed", "routed", "with_platform"}
    assert {edge.permission for edge in COMPLAINT.edges if edge.target == "closed"} == {"complaints.close"}
    assert set(COMPLAINT.states()) == set(ComplaintState.values)
    assert all(COMPLAINT.verbs_from(state) for state in COMPLAINT.states() - COMPLAINT.final)


@pytest.mark.parametrize(
    ("state", "statuses"),
    [
        ("filed", ["now", "later", "later", "later", "later"]),
        ("with_platform", ["done", "done", "now", "later", "later"]),
        ("escalated", ["done", "done", "done", "now", "later"]),
        ("closed", ["done"] * 5),
        ("withdrawn", ["done"] * 5),
    ],
)
def test_progress(state: str, statuses: list[str]) -> None:
    assert [step.status for step in progress_of(state)] == statuses


def test_the_next_date_is_the_soonest_that_still_runs() -> None:
    early, late, today = date(2017, 7, 19), date(2017, 7, 25), date(2017, 7, 20)
    assert outlook_of("routed", [clock(late), clock(early)], today).next_date == early
    assert outlook_of("routed", [clock(late), clock(early)], today).is_late is True
    assert outlook_of("with_platform", [clock(late), clock(early, is_met=True)], today).next_date == late
    assert outlook_of("escalated", [clock(early, is_escalated=True)], today).next_date is None
    assert outlook_of("closed", [clock(late)], today).next_date is None


@pytest.mark.parametrize(("area", "shape"), [("A", "circle"), ("B", "rect"), ("C", "path"), ("D", "path")])
def test_an_area_is_told_by_letter_shape_and_name(area: str, shape: str) -> None:
    with translation.override("en"):
        shown = render_to_string("site/components/area_badge.html", {"area": area})
    assert f"<{shape} " in shown
    assert f">{area}</text>" in shown
    assert f'aria-label="Area {area}"' in shown


@pytest.mark.parametrize("name", ["400.html", "500.html", "403_csrf.html"])
def test_pages_of_the_worst_moment_need_no_request_and_speak_both_languages(name: str) -> None:
    shown = render_to_string(name)
    assert re.search("[\u4e00-\u9fff]", shown)
    assert "Go to the home page" in shown
    assert "<script" not in shown


def test_the_navigation_never_links_to_a_page_that_nobody_provides() -> None:
    items = (NavItem("home", "Home", ("public-home",)), NavItem("x", "X", ("no-such-page",)))
    assert [(link.key, link.url, link.is_current) for link in nav_links("/", items)] == [("home", "/", True)]
    assert nav_links("/complaints/", items)[0].is_current is False
