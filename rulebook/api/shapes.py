"""Shapes of answers, for the OpenAPI description."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import inline_serializer
from rest_framework import serializers

from common.api.schema import BilingualText

Shape = serializers.Serializer[Any]


_DAYS: dict[str, Any] = {
    "from": serializers.DateField(required=False, allow_null=True),
    "to": serializers.DateField(required=False, allow_null=True),
}
_InForce = type(inline_serializer("InForce", _DAYS))


class Page(Shape):
    """One page of a list."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class RuleCard(Shape):
    """A rule as a row of the list."""

    id = serializers.CharField()
    version_sha256 = serializers.CharField()
    title = BilingualText()
    severity = serializers.CharField()
    enabled = serializers.BooleanField(help_text="Whether it gives findings: its source was confirmed.")
    verified = serializers.BooleanField(help_text="Whether somebody has seen the source.")
    legal_basis = serializers.DictField()
    kind = serializers.CharField(allow_blank=True)
    form = serializers.CharField(allow_blank=True)
    subject = serializers.CharField(allow_blank=True)
    template = serializers.CharField(allow_null=True)
    business_lines = serializers.ListField(child=serializers.CharField())
    in_force = _InForce()
    announced = serializers.DateField(allow_null=True)
    transition_until = serializers.DateField(allow_null=True)
    origin = serializers.CharField(help_text="pack or staff")


class RulePage(RuleCard):
    """A rule with its text, parameters and examples."""

    explanation = serializers.DictField(child=serializers.CharField())
    disposal = serializers.DictField(child=serializers.CharField())
    check = serializers.CharField(allow_null=True)
    sql = serializers.CharField(allow_null=True)
    question = BilingualText(allow_null=True)
    deadline = serializers.CharField(allow_null=True)
    parameters = serializers.DictField(child=serializers.CharField())
    threshold = serializers.CharField(allow_null=True)
    source = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    examples = inline_serializer(
        "RuleExample", {"name": BilingualText(), "expect": serializers.JSONField()}, many=True
    )


class ParameterCard(Shape):
    """A parameter's value on a day with its source."""

    key = serializers.CharField()
    title = BilingualText()
    value = serializers.CharField(help_text="Decimal string.")
    unit = serializers.CharField(allow_blank=True)
    valid = _InForce()
    verified = serializers.BooleanField()
    legal_basis = serializers.DictField()


class RuleList(Page):
    """The rules in force on a day."""

    on = serializers.DateField()
    results = RuleCard(many=True)


class Version(Shape):
    """One version of a rule."""

    version_sha256 = serializers.CharField()
    title = BilingualText()
    known_from = serializers.DateTimeField(help_text="Since when the system knows this version.")
    in_force = _InForce()
    origin = serializers.CharField(help_text="pack or staff")
    made_by = serializers.CharField(allow_blank=True, help_text="A label, never a name.")
    approved_by = serializers.CharField(allow_null=True)
    enabled = serializers.BooleanField()
    withdrawn = serializers.BooleanField()


class VersionList(Page):
    """The history of a rule, newest first."""

    id = serializers.CharField()
    results = Version(many=True)


class ParameterList(Page):
    """The parameters as they stand on a day."""

    on = serializers.DateField()
    results = ParameterCard(many=True)


class ParameterVersion(ParameterCard):
    """A value as it was known for a time."""

    known_from = serializers.DateTimeField()
    known_until = serializers.DateTimeField(allow_null=True, help_text="Null: until now.")


class ParameterPage(Shape):
    """A parameter on a day, and all its values."""

    on = serializers.DateField()
    key = serializers.CharField()
    title = BilingualText()
    unit = serializers.CharField(allow_blank=True)
    value = ParameterCard(allow_null=True)
    values = ParameterCard(many=True)
    versions = ParameterVersion(many=True)


class State(Shape):
    """A rule on a day."""

    on = serializers.DateField()
    in_force = serializers.BooleanField()
    version_sha256 = serializers.CharField()
    severity = serializers.CharField()
    enabled = serializers.BooleanField()
    parameters = ParameterCard(many=True)


class Change(Shape):
    """Something that differs between two days."""

    kind = serializers.CharField(help_text="rule, parameter or deadline")
    key = serializers.CharField()
    title = BilingualText()
    change = serializers.CharField(help_text="came, went or changed")
    what = serializers.CharField(help_text="in_force, version, severity, gives_findings, value or term")
    before = serializers.CharField(allow_null=True)
    after = serializers.CharField(allow_null=True)
    since = serializers.DateField(allow_null=True)
    legal_basis = serializers.DictField()


_TextLine = inline_serializer(
    "TextLine", {"mark": serializers.CharField(help_text="+ new, - gone, = same, @ lines left out"),
                 "line": serializers.CharField(allow_blank=True)}, many=True,
)  # fmt: skip
_Between: dict[str, Any] = {"from": serializers.DateField(), "to": serializers.DateField()}
RuleDiff = type(inline_serializer("RuleDiff", {
    "id": serializers.CharField(), **_Between, "before": State(allow_null=True), "after": State(allow_null=True),
    "changes": Change(many=True), "text": _TextLine,
}))  # fmt: skip
ChangeList = type(inline_serializer("ChangeList", {
    **_Between, "results": Change(many=True), "next": serializers.URLField(allow_null=True),
    "previous": serializers.URLField(allow_null=True),
}))  # fmt: skip


class Correction(Shape):
    """Something the system knew otherwise at two moments."""

    kind = serializers.CharField(help_text="instrument, clause, parameter, deadline or rule")
    key = serializers.CharField()
    title = BilingualText()
    change = serializers.CharField(help_text="added, changed or retired")
    what = serializers.CharField(help_text="The column that differs; `entry` for a whole entry, `version` of a rule.")
    before = serializers.JSONField(help_text="As the column was; null where there was no entry.")
    after = serializers.JSONField(help_text="As the column is; null where there is no entry any more.")
    at = serializers.DateTimeField()


_Moments: dict[str, Any] = {"from": serializers.DateTimeField(), "to": serializers.DateTimeField()}
CorrectionList = type(inline_serializer("CorrectionList", {
    **_Moments, "results": Correction(many=True), "next": serializers.URLField(allow_null=True),
    "previous": serializers.URLField(allow_null=True),
}))  # fmt: skip


class InstrumentCard(Shape):
    """A law, order, notice or standard."""

    key = serializers.CharField()
    title = BilingualText()
    issuers = serializers.ListField(child=serializers.CharField())
    document_number = serializers.CharField(allow_blank=True)
    text_status = serializers.CharField()
    announced = serializers.DateField(allow_null=True)
    in_force = _InForce()
    is_in_force = serializers.BooleanField()
    verified = serializers.BooleanField(help_text="Whether its dates were seen.")
    note = BilingualText(allow_null=True)


class InstrumentList(Page):
    """The instruments, with their state on a day."""

    on = serializers.DateField()
    results = InstrumentCard(many=True)


class ClauseCard(Shape):
    """One demand of an instrument, in our own words."""

    key = serializers.CharField()
    instrument = serializers.CharField()
    article = serializers.CharField(allow_null=True)
    kind = serializers.CharField()
    subject = serializers.CharField()
    business_lines = serializers.ListField(child=serializers.CharField())
    title = BilingualText()
    text = BilingualText()
    in_force = _InForce()
    verified = serializers.BooleanField()
    legal_basis = serializers.DictField()


class InstrumentVersion(InstrumentCard):
    """An instrument as it was known for a time."""

    known_from = serializers.DateTimeField()
    known_until = serializers.DateTimeField(allow_null=True, help_text="Null: until now.")


class InstrumentPage(InstrumentCard):
    """An instrument with its clauses."""

    clauses = ClauseCard(many=True)
    versions = InstrumentVersion(many=True)


class ClauseList(Page):
    """The clauses in force on a day."""

    on = serializers.DateField()
    results = ClauseCard(many=True)


class DeadlineCard(Shape):
    """A term."""

    key = serializers.CharField()
    title = BilingualText()
    business_lines = serializers.ListField(child=serializers.CharField(), help_text="Empty: all of them.")
    start_event = serializers.CharField()
    amount = serializers.IntegerField()
    unit = serializers.CharField()
    calendar = serializers.CharField()
    valid = _InForce()
    verified = serializers.BooleanField()
    gives_findings = serializers.BooleanField()
    legal_basis = serializers.DictField()


class DeadlineList(Page):
    """The terms as they stand on a day."""

    on = serializers.DateField()
    results = DeadlineCard(many=True)
