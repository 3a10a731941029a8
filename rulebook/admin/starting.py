"""The text of a rule that is only beginning: from its usual parts, or blank with a word on each line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from analytics.contracts import TEMPLATE_NAMES, template
from common import clock
from rulebook import selectors
from rulebook.choices import BusinessLine, RuleKind, Severity, Subject
from rulebook.wording import said


def choices_of_start() -> dict[str, Any]:
    """What the form offers."""
    titles = selectors.instrument_titles()
    return {
        "lines": BusinessLine.choices, "subjects": Subject.choices, "kinds": RuleKind.choices,
        "severities": Severity.choices,
        "templates": [(name, said(template(name).title)) for name in TEMPLATE_NAMES],
        "instruments": [(key, said(title)) for key, title in sorted(titles.items())],
    }


def _quoted(text: Any) -> str:
    """A text that YAML reads as one, whatever was typed (JSON strings are YAML)."""
    return json.dumps(str(text or "").strip(), ensure_ascii=False)


def text_of(given: Mapping[str, Any]) -> str:
    """Return the YAML of a rule from the parts of the form; what is missing is named by the check."""
    lines = given.getlist("lines") if hasattr(given, "getlist") else given.get("lines", [])
    article = str(given.get("article", "")).strip()
    basis = [f"instrument: {given.get('instrument') or 'CONV'}"]
    basis += [f"article: {_quoted(article)}"] if article else []
    status = "convention" if given.get("instrument") == "CONV" else "final"
    basis += ["verified: false", f"text_status: {status}"]
    return TEXT.format(
        id=str(given.get("new_id", "")).strip() or "NEW-01", title_zh=_quoted(given.get("title_zh")),
        title_en=_quoted(given.get("title_en")), basis=", ".join(basis), begins=given.get("begins") or clock.today(),
        lines=", ".join(lines) or BusinessLine.P2P_LENDING, subject=given.get("subject") or "conduct",
        kind=given.get("kind") or "record", template=given.get("template") or "loan_book",
        severity=given.get("severity") or "minor", check=_quoted(given.get("check") or "TRUE"),
        why_zh=_quoted(given.get("why_zh")), why_en=_quoted(given.get("why_en")), said_examples=_(
            "Write rows that pass and rows that fail; they run as tests."
        ),
    )


def blank_text() -> str:
    """Return a text with every usual part."""
    return text_of({"title_zh": "…", "title_en": "…", "why_zh": "…", "why_en": "…"})


TEXT = """\
id: {id}
title: {{zh: {title_zh}, en: {title_en}}}
legal_basis: {{{basis}}}
in_force: {{from: {begins}}}
applies_to: [{lines}]
subject: {subject}
role: conduct
kind: {kind}
template: {template}
severity: {severity}
check: {check}
disposal: {{zh: "要求平台改正。", en: "The platform corrects it."}}
explanation: {{zh: {why_zh}, en: {why_en}}}
# {said_examples}
examples:
  - name: {{zh: 符合要求的一行, en: a row that is right}}
    expect: passed
    tables:
      {template}: [{{}}]
  - name: {{zh: 不符合要求的一行, en: a row that is wrong}}
    expect: failed
    tables:
      {template}: [{{}}]
"""
