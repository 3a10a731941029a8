"""The meeting pack: one document in one language, as HTML that needs nothing else, or as PDF with the extra."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from common import clock
from common.errors import NotYours, Refusal
from common.principal import Principal
from regulators.models import Authority, Consultation, HandOver, JointMeeting
from regulators.selectors.competence import coverage
from regulators.selectors.experts import is_member
from regulators.selectors.handovers import consultations_visible_to, handovers_visible_to
from regulators.selectors.meeting_file import body_name, here, meeting_file
from regulators.selectors.wording import role_and_lines
from regulators.svg import pictures_added

LANGUAGES = {"zh": "zh-hans", "en": "en"}
COUNTRY = "000000"
INSTALL = "python -m pip install --require-hashes -r requirements/pdf.txt"


@dataclass(frozen=True, slots=True)
class PackFile:
    """A document that can be sent away."""

    name: str
    media_type: str
    body: bytes


@transaction.atomic
def meeting_pack_export(*, actor: Principal, meeting_id: int, language: str, form: str = "html") -> PackFile:
    """The pack of a meeting in zh or en: agenda, papers, gaps and overlaps, effects, hand-overs, last actions.

    For members, the secretariat and the system (403 otherwise). Refuses unknown languages and forms, and PDF while
    the extra is not installed; the refusal names the line that installs it.
    """
    if actor.kind != "system" and not is_member(actor):
        raise Refusal(
            "permission.denied", _("The pack is for the members of the joint meeting."), status=403,
            cure=_("Ask the joint meeting secretariat for the role you need."),
        )  # fmt: skip
    if language not in LANGUAGES or form not in ("html", "pdf"):
        raise Refusal(
            "pack.unknown_form", _("There is no pack of this kind."), field="form", status=422,
            cure=_("Choose zh or en, and html or pdf."),
        )  # fmt: skip
    meeting = JointMeeting.objects.filter(pk=meeting_id).first()
    if meeting is None:
        raise NotYours("meeting")
    with translation.override(LANGUAGES[language]):
        html = render_to_string("regulators/pack.html", _context(actor, meeting, language))
    name = f"joint-meeting-{meeting.quarter}-{language}.{form}"
    if form == "html":
        return PackFile(name, "text/html; charset=utf-8", html.encode())
    return PackFile(name, "application/pdf", _pdf(html))


def _context(actor: Principal, meeting: JointMeeting, language: str) -> dict[str, Any]:
    day = meeting.held_on or meeting.planned_on or clock.today()
    found = coverage(day, country=COUNTRY)
    offers = handovers_visible_to(actor).filter(agenda_item__meeting=meeting).order_by("due_on", "pk")
    asked = consultations_visible_to(actor).filter(agenda_item__meeting=meeting).order_by("due_on", "pk")
    return {
        "file": pictures_added(meeting_file(actor, meeting)),
        "language": LANGUAGES[language],
        "day": day,
        "made_on": clock.today(),
        "cells": found.cells,
        "covered": found.covered,
        "boxes": [
            *_boxes(str(_("Gap")), found.gaps, language), *_boxes(str(_("Overlap")), found.overlaps, language),
            *_boxes(str(_("Contested by an unconfirmed source")), found.contested, language),
        ],
        "handovers": [_matter(row) for row in offers],
        "questions": [_matter(row) for row in asked],
    }  # fmt: skip


def _matter(row: HandOver | Consultation) -> dict[str, Any]:
    return {
        "title": here(row.title_zh, row.title_en), "from": body_name(row.from_authority),
        "to": body_name(row.to_authority), "due_on": row.due_on, "state": row.get_state_display(),
    }  # fmt: skip


def _boxes(kind: str, boxes: Any, language: str) -> list[dict[str, str]]:
    rows, called = [], {row.code: body_name(row) for row in Authority.objects.all()}
    for box in boxes:
        names = [role_and_lines(role, list(box.lines), language) for role in box.roles]
        rows.append({
            "kind": kind,
            "roles": " · ".join(role for role, _lines in names),
            "lines": names[0][1] if names else "",
            "regions": str(len(box.regions)),
            "holders": ("、" if language == "zh" else ", ").join(
                called.get(code, code) for code in (*box.holders, *box.unconfirmed)
            ) or "–",
        })  # fmt: skip
    return rows


def _pdf(html: str) -> bytes:
    """Set the page with the extra `pdf`; nothing is fetched from anywhere."""
    try:
        from weasyprint import HTML
    except (ImportError, OSError):
        raise Refusal(
            "pack.no_pdf", _("PDF needs the extra “pdf”, which is not installed here."), field="form",
            cure=_("Run: %(line)s (and apt-get install libpango-1.0-0 libpangoft2-1.0-0 fonts-noto-cjk), or take HTML.")
            % {"line": INSTALL},
            status=501,
        ) from None

    def nothing(url: str, *_args: Any, **_named: Any) -> dict[str, Any]:
        raise ValueError(f"a pack refers to nothing outside itself: {url}")

    return bytes(HTML(string=html, url_fetcher=nothing).write_pdf())
