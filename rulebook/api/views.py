"""The rulebook for anyone who asks: rules, one rule, parameters, each as of a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.contracts import TEMPLATE_NAMES
from common import clock
from common.api.problems import Problem
from common.api.schema import DAY
from common.api.views import ApiView
from rulebook import selectors
from rulebook.api import shapes
from rulebook.choices import BusinessLine
from rulebook.selectors import ParameterOn, RuleRef

ON = OpenApiParameter("on", DAY, description="Day (YYYY-MM-DD); today when left out.")


class RulesView(ApiView):
    """The rules in force on a day, confirmed or not; `enabled` says whether a rule gives findings."""

    audience = "any"
    permission = "rulebook.read"

    @extend_schema(
        operation_id="rulebook_rules_list",
        parameters=[
            ON,
            OpenApiParameter("template", str, enum=list(TEMPLATE_NAMES)),
            OpenApiParameter("line", str, enum=BusinessLine.values),
        ],
        responses={200: shapes.RuleList},
    )
    def get(self, request: Request) -> Response:
        """All of them in one answer; the list is short and public."""
        on = _day(request)
        found = selectors.rules_in_force(
            on,
            template=_choice(request, "template", TEMPLATE_NAMES),
            business_line=_choice(request, "line", BusinessLine.values),
        )
        return Response({"on": on.isoformat(), "results": [rule_card(ref) for ref in found]})


class RuleView(ApiView):
    """One rule in its newest version: text, legal basis, examples."""

    audience = "any"
    permission = "rulebook.read"

    @extend_schema(operation_id="rulebook_rule_read", responses={200: shapes.RulePage})
    def get(self, request: Request, rule_id: str) -> Response:
        """404 for an unknown rule."""
        ref = selectors.rule_current(rule_id)
        if ref is None:
            raise Problem(status=404, code="rule.unknown", title=_("There is no such rule."), field="rule_id",
                          cure=_("List the rules at /api/v1/rulebook/rules."))
        return Response(rule_page(ref))


class ParametersView(ApiView):
    """Every dated parameter as it stands on a day."""

    audience = "any"
    permission = "rulebook.read"

    @extend_schema(operation_id="rulebook_parameters_list", parameters=[ON], responses={200: shapes.ParameterList})
    def get(self, request: Request) -> Response:
        """Values are decimal strings."""
        on = _day(request)
        return Response({"on": on.isoformat(), "results": [parameter_card(p) for p in selectors.parameters_on(on)]})


def rule_card(ref: RuleRef) -> dict[str, Any]:
    """A rule as a row of the list."""
    rule = ref.rule
    return {
        "id": ref.rule_id,
        "version_sha256": ref.version_sha256,
        "title": dict(ref.title),
        "severity": ref.severity,
        "enabled": ref.enabled,
        "legal_basis": ref.legal_basis,
        "kind": rule.kind if rule else "",
        "form": rule.form if rule else "",
        "template": rule.template if rule else None,
        "business_lines": list(rule.applies_to) if rule else [],
        "in_force": {"from": _iso(rule.valid_from), "to": _iso(rule.valid_to)} if rule else {},
        "announced": _iso(rule.announced) if rule else None,
        "transition_until": _iso(rule.transition_until) if rule else None,
    }


def rule_page(ref: RuleRef) -> dict[str, Any]:
    """A rule with everything that is public about it, which is all."""
    rule = ref.rule
    body = {
        "explanation": dict(ref.explanation),
        "disposal": dict(ref.disposal),
        "check": rule.check if rule else None,
        "sql": rule.sql if rule else None,
        "question": dict(rule.question) if rule and rule.question else None,
        "deadline": rule.deadline if rule else None,
        "parameters": dict(rule.parameters) if rule else {},
        "threshold": rule.threshold if rule else None,
        "source": rule.source_text if rule else "",
        "examples": [{"name": item.name, "expect": item.expect} for item in rule.examples] if rule else [],
    }
    return {**rule_card(ref), **body}


def parameter_card(parameter: ParameterOn) -> dict[str, Any]:
    """A parameter's value with its source."""
    return {
        "key": parameter.key,
        "title": dict(parameter.title),
        "value": str(parameter.value),
        "unit": parameter.unit,
        "valid": {"from": _iso(parameter.valid_from), "to": _iso(parameter.valid_to)},
        "verified": parameter.verified,
        "legal_basis": parameter.basis,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(request: Request) -> date:
    text = request.query_params.get("on", "")
    if not text:
        return clock.today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _bad("on", _("This is no day."), _("Write it as YYYY-MM-DD, for example 2017-06-30.")) from None


def _choice(request: Request, name: str, values: Any) -> str | None:
    value = request.query_params.get(name)
    if value is not None and value not in values:
        raise _bad(name, _("Unknown value."), _("Use one of: %(values)s.") % {"values": ", ".join(values)})
    return value


def _bad(field: str, title: Any, cure: Any) -> Problem:
    return Problem(status=422, code="query.invalid", title=title, field=field, cure=cure)
