"""The rulebook for anyone who asks, as of any day: rules with their history, and what differs between two days."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.contracts import TEMPLATE_NAMES
from common.api.problems import Problem
from common.api.schema import DAY
from common.api.views import ApiView
from rulebook import selectors
from rulebook.api import reading, shapes
from rulebook.api.cards import (
    change_card,
    correction_card,
    iso,
    rule_card,
    rule_page,
    state_card,
    version_card,
)
from rulebook.choices import BusinessLine, RuleKind, Subject
from rulebook.packs import pack_names
from rulebook.selectors import RuleRef


class RulesView(ApiView):
    """The rules in force on a day, confirmed or not; `enabled` says whether a rule gives findings."""

    audience = "any"
    permission = "rulebook.read"

    @extend_schema(
        operation_id="rulebook_rules_list",
        parameters=[
            reading.ON, reading.KNOWN_AT, reading.PACK_NAME,
            OpenApiParameter("template", str, enum=list(TEMPLATE_NAMES)),
            reading.LINE, reading.SUBJECT,
            OpenApiParameter("kind", str, enum=RuleKind.values, description="What the rule looks at."),
            reading.IS_VERIFIED, *reading.PAGES,
        ],
        responses={200: shapes.RuleList},
    )
    def get(self, request: Request) -> Response:
        """By id, 50 at a time; `known_at` goes back to what the system knew then."""
        on, known_at = reading.day(request), reading.moment(request)
        found = selectors.rules_in_force(
            on, pack=reading.pack(request), known_at=known_at,
            template=reading.choice(request, "template", TEMPLATE_NAMES),
            business_line=reading.choice(request, "line", BusinessLine.values),
        )
        rows, links = reading.page(request, _chosen(request, found), lambda ref: ref.rule_id)
        return Response({"on": on.isoformat(), "results": [rule_card(ref) for ref in rows], **links})


def _chosen(request: Request, refs: list[RuleRef]) -> list[RuleRef]:
    kind = reading.choice(request, "kind", RuleKind.values)
    subject = reading.choice(request, "subject", Subject.values)
    verified = reading.verified(request)
    return [
        ref for ref in refs
        if ref.rule is not None and kind in (None, ref.rule.kind) and subject in (None, ref.rule.subject)
        and verified in (None, bool(ref.legal_basis.get("verified")))
    ]  # fmt: skip


class RuleView(ApiView):
    """One rule: text, legal basis, examples."""

    audience = "any"
    permission = "rulebook.read"

    @extend_schema(
        operation_id="rulebook_rule_read",
        parameters=[
            OpenApiParameter("on", DAY, description="The version that decides on this day; newest without."),
            reading.KNOWN_AT, reading.PACK_NAME,
        ],
        responses={200: shapes.RulePage},
    )
    def get(self, request: Request, rule_id: str) -> Response:
        """404 for an unknown rule."""
        known_at, pack = reading.moment(request), reading.pack(request)
        if "on" in request.query_params or known_at is not None:
            ref = selectors.rule_on(rule_id, reading.day(request), pack=pack, known_at=known_at)
        else:
            ref = selectors.rule_current(rule_id, reading.choice(request, "pack", pack_names()) or "")
        if ref is None:
            raise no_rule()
        return Response(rule_page(ref))


def no_rule() -> Problem:
    """The answer for an unknown rule."""
    return reading.unknown(
        "rule_id", _("There is no such rule."), _("List the rules at /api/v1/rulebook/rules."), "rule.unknown"
    )


class RuleHistoryView(ApiView):
    """Every version of one rule: who made it, who approved it, since when it is known, its hash."""

    audience = "any"
    permission = "rulebook.read"

    @extend_schema(
        operation_id="rulebook_rule_history", parameters=[reading.PACK_NAME, *reading.PAGES],
        responses={200: shapes.VersionList},
    )
    def get(self, request: Request, rule_id: str) -> Response:
        """Newest first; versions are never changed, so nothing is missing."""
        found = selectors.rule_history(rule_id, pack=reading.pack(request))
        if not found:
            raise no_rule()
        rows, links = reading.page(request, found, lambda row: f"{10**12 - row.ref.rule_version_id:013d}")
        return Response({"id": rule_id, "results": [version_card(row) for row in rows], **links})


class RuleDiffView(ApiView):
    """What differs in one rule between two days: force, weight, numbers, text."""

    audience = "any"
    permission = "rulebook.read"

    @extend_schema(
        operation_id="rulebook_rule_diff",
        parameters=[reading.FROM, reading.TO, reading.KNOWN_AT, reading.PACK_NAME],
        responses={200: shapes.RuleDiff},
    )
    def get(self, request: Request, rule_id: str) -> Response:
        """An empty list of changes says that nothing differs."""
        first, second = reading.two_days(request)
        found = selectors.rule_difference(
            rule_id, first, second, pack=reading.pack(request), known_at=reading.moment(request)
        )
        if found is None:
            raise no_rule()
        body: dict[str, Any] = {
            "id": rule_id,
            "from": iso(first),
            "to": iso(second),
            "before": state_card(found.before),
            "after": state_card(found.after),
            "changes": [change_card(change) for change in found.changes],
            "text": [{"mark": line.mark, "line": line.text} for line in found.text],
        }
        return Response(body)


class ChangesView(ApiView):
    """What differs in the law between two days: rules, numbers and terms that came, went or changed."""

    audience = "any"
    permission = "rulebook.read"

    @extend_schema(
        operation_id="rulebook_changes_list",
        parameters=[
            reading.FROM, reading.TO, reading.KNOWN_AT, reading.PACK_NAME, reading.LINE, *reading.PAGES
        ],
        responses={200: shapes.ChangeList},
    )
    def get(self, request: Request) -> Response:
        """Each with its basis and the day since when."""
        first, second = reading.two_days(request)
        found = selectors.changes_between(
            first, second, pack=reading.pack(request), known_at=reading.moment(request),
            line=reading.choice(request, "line", BusinessLine.values) or "",
        )
        keyed = [(f"{row.kind} {row.key} {row.what} {number:05d}", row) for number, row in enumerate(found)]
        rows, links = reading.page(request, keyed, lambda pair: pair[0])
        body = {"from": iso(first), "to": iso(second), "results": [change_card(row) for _key, row in rows]}
        return Response({**body, **links})


class CorrectionsView(ApiView):
    """What the system knew otherwise at two moments: entries that a load or a person added, changed or retired."""

    audience = "any"
    permission = "rulebook.read"

    @extend_schema(
        operation_id="rulebook_corrections_list",
        parameters=[reading.SINCE, reading.UNTIL, reading.PACK_NAME, *reading.PAGES],
        responses={200: shapes.CorrectionList},
    )
    def get(self, request: Request) -> Response:
        """One line for each column that differs, with the words before and after."""
        first, second = reading.two_moments(request)
        found = selectors.corrections_between(first, second, pack=reading.pack(request))
        keyed = [(f"{row.kind} {row.key} {number:05d}", row) for number, row in enumerate(found)]
        rows, links = reading.page(request, keyed, lambda pair: pair[0])
        body = {"from": first.isoformat(), "to": second.isoformat(), "results": [correction_card(r) for _k, r in rows]}
        return Response({**body, **links})
