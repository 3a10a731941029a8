"""Shapes of answers, for the OpenAPI description. What is sent is made in `rendering`."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import inline_serializer
from rest_framework import serializers

from common.api.schema import BilingualText, page_of
from platforms.api.serializers import PlatformRow

Shape = serializers.Serializer[Any]


class Registered(Shape):
    """What a registration answers."""

    platform = serializers.UUIDField()
    key_id = serializers.CharField()
    state = serializers.CharField(help_text="pending until an authority confirms.")


class PlatformEntry(PlatformRow):
    """An institution with its banks."""

    depository_banks = serializers.ListField(child=serializers.CharField())

    class Meta(PlatformRow.Meta):
        fields = (*PlatformRow.Meta.fields, "depository_banks")  # type: ignore[assignment]


class TemplateColumn(Shape):
    """One column of a template."""

    name = serializers.CharField()
    type = serializers.CharField()
    stored_as = serializers.CharField()
    title = BilingualText()
    note = BilingualText(allow_null=True)
    unit = serializers.CharField(allow_null=True)
    required = serializers.BooleanField()  # type: ignore[assignment]
    nullable = serializers.BooleanField()
    minimum = serializers.CharField(allow_null=True)
    maximum = serializers.CharField(allow_null=True)
    pattern = serializers.CharField(allow_null=True)
    choices = serializers.ListField(child=serializers.CharField(), allow_null=True)
    personal = serializers.CharField(allow_null=True)
    sample = serializers.CharField()


class Template(Shape):
    """What to file: columns, key, limits."""

    name = serializers.CharField()
    version = serializers.IntegerField()
    title = BilingualText()
    note = BilingualText()
    filer = serializers.CharField()
    period_kind = serializers.CharField()
    period_column = serializers.CharField(allow_null=True)
    key = serializers.ListField(child=serializers.CharField())
    max_rows = serializers.IntegerField(allow_null=True)
    media_types = serializers.ListField(child=serializers.CharField())
    columns = TemplateColumn(many=True)


class FilingLinks(Shape):
    """Addresses of a filing's parts."""

    self = serializers.CharField()
    content = serializers.CharField()
    submit = serializers.CharField()
    findings = serializers.CharField()
    findings_csv = serializers.CharField()
    rejected_csv = serializers.CharField()
    receipt = serializers.CharField()


class OpenedFiling(Shape):
    """A filing that waits for its content."""

    id = serializers.UUIDField()
    template = serializers.CharField()
    period = serializers.CharField()
    platform = serializers.UUIDField()
    revision = serializers.IntegerField()
    state = serializers.CharField()
    links = FilingLinks()


class FilingRow(Shape):
    """A filing in a list."""

    id = serializers.UUIDField()
    template = serializers.CharField()
    period = serializers.CharField()
    platform = serializers.UUIDField()
    revision = serializers.IntegerField()
    accepted_revision = serializers.IntegerField(allow_null=True)
    state = serializers.CharField()
    links = inline_serializer("SelfLink", {"self": serializers.CharField()})


class FileMessage(Shape):
    """An error of the file or of a row, in the language of the request."""

    row = serializers.IntegerField(allow_null=True, required=False)
    field = serializers.CharField(allow_null=True, required=False)
    code = serializers.CharField()
    value = serializers.CharField(allow_null=True, required=False)
    message = serializers.CharField()
    cure = serializers.CharField()


class FilingProgress(Shape):
    """How far the check is."""

    state = serializers.CharField()
    step = serializers.CharField(allow_blank=True)
    done = serializers.IntegerField()
    total = serializers.IntegerField(allow_null=True)


def _counts(name: str, *fields: str) -> Any:
    return inline_serializer(name, {field: serializers.IntegerField(allow_null=True) for field in fields})


class FilingDetail(FilingRow):
    """A filing with what became of its current revision."""

    links = FilingLinks()
    note = serializers.CharField(allow_blank=True)
    content = inline_serializer(
        "FilingContent",
        {
            "bytes": serializers.IntegerField(allow_null=True),
            "sha256": serializers.CharField(allow_null=True),
            "media_type": serializers.CharField(allow_null=True),
        },
    )
    submitted_at = serializers.DateTimeField(allow_null=True)
    checked_at = serializers.DateTimeField(allow_null=True)
    receipt_number = serializers.CharField(allow_null=True)
    rows = _counts("RowCounts", "total", "accepted", "rejected")
    findings = _counts("FindingCounts", "blocking", "major", "minor", "not_evaluable", "unjudged")
    file_errors = FileMessage(many=True)
    rejected = FileMessage(many=True)
    progress = FilingProgress(allow_null=True)


class StoredContent(Shape):
    """What was received."""

    bytes = serializers.IntegerField()
    sha256 = serializers.CharField()
    state = serializers.CharField()


class SignedReceipt(Shape):
    """A receipt with the server's Ed25519 signature over its payload."""

    payload = serializers.DictField()
    alg = serializers.CharField()
    kid = serializers.CharField()
    public_key = serializers.CharField(help_text="Base64; compare it with the key published by the operator.")
    signature = serializers.CharField()


class Submitted(Shape):
    """A submission that is being checked."""

    state = serializers.CharField()
    revision = serializers.IntegerField()
    receipt = SignedReceipt()
    progress = FilingProgress()


class Withdrawn(Shape):
    """A revision that was taken back."""

    id = serializers.UUIDField()
    state = serializers.CharField()


class FindingEntry(Shape):
    """A rule that the filing does not keep, with law, figures and rows."""

    id = serializers.UUIDField()
    rule = serializers.CharField()
    severity = serializers.CharField()
    title = BilingualText()
    subject = serializers.CharField(allow_null=True, allow_blank=True)
    count = serializers.IntegerField()
    measured = serializers.CharField(allow_null=True, allow_blank=True)
    threshold = serializers.CharField(allow_null=True, allow_blank=True)
    row_numbers = serializers.ListField(child=serializers.IntegerField(), help_text="At most 20.")
    legal_basis = serializers.DictField()
    evidence_sha256 = serializers.CharField(allow_null=True, allow_blank=True)
    as_of = serializers.DateField()
    known_at = serializers.DateTimeField()
    engine = serializers.CharField(allow_blank=True)
    state = serializers.CharField()
    unjudged_rows = serializers.IntegerField(help_text="Rows of the filing that the same rule could not judge.")


class NotEvaluable(Shape):
    """A rule that lacked what it needs."""

    rule = serializers.CharField()
    reason = serializers.CharField(allow_null=True)


class Unjudged(Shape):
    """A rule that judged only some of the rows: a needed cell is blank, or nothing is published for its day."""

    rule = serializers.CharField()
    outcome = serializers.CharField()
    rows = serializers.IntegerField()
    reason = serializers.CharField(allow_null=True)


class Findings(Shape):
    """The findings of the current revision."""

    filing = serializers.UUIDField()
    revision = serializers.IntegerField()
    state = serializers.CharField()
    results = FindingEntry(many=True)
    not_evaluable = NotEvaluable(many=True)
    unjudged = Unjudged(many=True)


def template_list() -> Any:
    """All templates."""
    return inline_serializer("TemplateList", {"results": Template(many=True)})


def platform_page() -> Any:
    """One page of the register."""
    return page_of("PlatformPage", PlatformRow(many=True))


def filing_page() -> Any:
    """One page of filings."""
    return page_of("FilingPage", FilingRow(many=True))


class ExpectedFiling(Shape):
    """One duty to file, its date and why this date."""

    template = serializers.CharField()
    title = BilingualText()
    period = serializers.CharField()
    platform = serializers.UUIDField(help_text="The subject of the filing.")
    due_on = serializers.DateField()
    is_provisional = serializers.BooleanField(help_text="True while a year of the count has no published holidays.")
    state = serializers.ChoiceField(["running", "overdue", "met", "met_late"])
    submitted_on = serializers.DateField(allow_null=True)
    filing = serializers.UUIDField(allow_null=True)
    why = serializers.ListField(child=BilingualText())
    basis = serializers.ListField(child=serializers.CharField())


class CalendarAnswer(Shape):
    """The filing calendar of the filer."""

    since = serializers.DateField()
    until = serializers.DateField()
    results = ExpectedFiling(many=True)


class MetricPart(Shape):
    """One figure of a reading: the whole, or the arrears of one age."""

    part = serializers.CharField()
    title = BilingualText()
    value = serializers.CharField(allow_null=True, help_text="Decimal; null when it would divide by nothing.")
    numerator = serializers.CharField(allow_null=True)
    denominator = serializers.CharField(allow_null=True)


class MetricDefinitionReading(Shape):
    """One definition of a metric, its version, and what it gives."""

    definition = serializers.CharField()
    version = serializers.IntegerField()
    reading = BilingualText()
    formula = BilingualText()
    facts = serializers.ListField(child=serializers.CharField())
    unit = serializers.ChoiceField(["currency", "percent"])
    valid = inline_serializer(
        "MetricDefinitionDays", {"from": serializers.DateField(), "to": serializers.DateField(allow_null=True)}
    )
    is_plain_error = serializers.BooleanField(help_text="A definition in use that divides unlike things.")
    parts = MetricPart(many=True)


class MetricEntry(Shape):
    """One metric in one currency: disclosed, and every reading of it."""

    metric = serializers.CharField()
    title = BilingualText()
    currency = serializers.CharField()
    disclosed = serializers.CharField(allow_null=True)
    readings = MetricDefinitionReading(many=True)


class MetricReadings(Shape):
    """The readings of one platform's period, side by side."""

    platform = serializers.UUIDField()
    period = serializers.CharField(allow_null=True)
    results = MetricEntry(many=True)
