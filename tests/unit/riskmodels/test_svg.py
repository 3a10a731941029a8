"""The picture of the risk coordinate and its table."""

import re
from xml.etree import ElementTree

import pytest
from django.utils import translation

from riskmodels.coordinate import Cuts, counts
from riskmodels.selectors import MapPoint, RiskMap
from riskmodels.svg import risk_map_svg, risk_map_table

POINTS = (
    MapPoint(1, "甲<script>", 0.05, 1e7, "A", is_unsettled=False),
    MapPoint(2, "乙", 0.05, 1e9, "B", is_unsettled=False),
    MapPoint(3, "丙", 0.4, 1e7, "C", is_unsettled=True),
    MapPoint(4, "丁", 0.4, 1e9, "D", is_unsettled=False),
)
PICTURE = RiskMap(POINTS, Cuts(0.16, 1e8), counts(point.area for point in POINTS))
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def drawn() -> ElementTree.Element:
    with translation.override("en"):
        return ElementTree.fromstring(risk_map_svg(PICTURE))  # noqa: S314 - our own text


def test_it_names_and_describes_itself(drawn: ElementTree.Element) -> None:
    assert drawn.get("role") == "img"
    named = (drawn.get("aria-labelledby") or "").split()
    texts = {element.get("id"): element.text for element in drawn.iter() if element.get("id") in named}
    assert texts["risk-map-title"] == "Risk coordinate of platforms"
    assert "A 1, B 1, C 1, D 1" in str(texts["risk-map-desc"])


def test_every_platform_has_a_mark_of_its_area(drawn: ElementTree.Element) -> None:
    marks = list(drawn.iter(f"{SVG}use"))
    assert [mark.get("href") for mark in marks] == ["#risk-map-a", "#risk-map-b", "#risk-map-c-open", "#risk-map-d"]
    shapes = {element.get("id") for element in drawn.iter(f"{SVG}g") if element.get("id")}
    assert {str(mark.get("href"))[1:] for mark in marks} <= shapes


def test_to_the_right_is_more_probable_and_up_is_more_money(drawn: ElementTree.Element) -> None:
    a, b, c, _ = [(float(m.get("x", 0)), float(m.get("y", 0))) for m in drawn.iter(f"{SVG}use")]
    assert a[0] < c[0]
    assert b[1] < a[1]


def test_letters_and_colour_classes_stand_in_every_area(drawn: ElementTree.Element) -> None:
    zones = [element for element in drawn.iter(f"{SVG}g") if (element.get("class") or "").startswith("lx-zone")]
    assert [zone.get("class") for zone in zones] == [f"lx-zone lx-area-{letter}" for letter in "abcd"]
    assert [zone.findtext(f"{SVG}text") for zone in zones] == list("ABCD")


def test_names_are_escaped_and_nothing_is_inline() -> None:
    text = risk_map_svg(PICTURE)
    assert "甲&lt;script&gt;" in text
    assert "<script" not in text
    assert "style=" not in text


def test_one_label_per_height() -> None:
    heights = re.findall(r'y="([\d.]+)" text-anchor="end"', risk_map_svg(PICTURE))
    assert len(heights) == len(set(heights)) >= 3


def test_the_table_says_the_same() -> None:
    with translation.override("en"):
        cells = re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", risk_map_table(PICTURE))
    assert cells[4:] == [
        "A", "low probability, low impact", "1", "0",
        "B", "low probability, high impact", "1", "0",
        "C", "high probability, low impact", "1", "1",
        "D", "high probability, high impact", "1", "0",
    ]  # fmt: skip


def test_no_platform_is_an_empty_picture() -> None:
    empty = RiskMap((), Cuts(0.16, 1e8), counts([]))
    assert "<use" not in risk_map_svg(empty)
