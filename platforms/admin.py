"""Staff pages of the register, filings and findings: read-only; buttons call services."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.db.models import QuerySet, TextChoices
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import display

from analytics.contracts import TEMPLATE_NAMES
from common.admin import ScopedAdmin, principal_of
from common.errors import Refusal
from common.transitions import TransitionRecord, transitions_of
from platforms import selectors, services
from platforms.choices import BusinessLine, FilingState, PlatformState
from platforms.models import ClientKey, DepositoryAgreement, Filing, Finding, Platform
from platforms.permissions import STAFF_ROLES
from platforms.selectors import staff_pages
from platforms.wording import cell_text, said, template_title
from regulators.selectors import actor_names, region_name
from rulebook.selectors import basis_lines

STATE_LABELS = {
    "pending": "warning",
    "registered": "success",
    "suspended": "danger",
    "accepted": "success",
    "accepted_with_findings": "warning",
    "returned": "danger",
    "processing": "info",
    "submitted": "info",
}
VERB_LABELS = {
    "confirm": _("confirmed"),
    "suspend": _("suspended"),
    "resume": _("resumed"),
    "exit": _("left the market"),
    "receive": _("content received"),
    "submit": _("submitted"),
    "start": _("check started"),
    "accept": _("accepted"),
    "accept_with_findings": _("accepted with findings"),
    "find": _("found later"),
    "return": _("returned"),
    "correct": _("opened for correction"),
    "withdraw": _("withdrawn"),
}
SEVERITY_LABELS = {"blocking": "danger", "major": "warning", "minor": "info"}


def _history(subject: str, pk: int, states: type[TextChoices]) -> list[tuple[TransitionRecord, Any, Any, Any, str]]:
    """Steps with verb, states and actor in words."""
    steps = transitions_of(subject, pk)
    names = actor_names(item.actor for item in steps)
    words = dict(states.choices)
    return [
        (
            item, VERB_LABELS.get(item.verb, item.verb), words.get(item.source, ""), words.get(item.target, ""),
            names[item.actor],
        )
        for item in steps
    ]


def _link(name: str, text: Any, *args: object, query: str = "") -> SafeString | str:
    """A link to a page of the admin; plain text where nobody provides the page."""
    try:
        url = reverse(f"admin:{name}", args=args)
    except NoReverseMatch:
        return text
    return format_html('<a class="lx-link" href="{}{}">{}</a>', url, query, text)


@admin.register(Platform)
class PlatformAdmin(ScopedAdmin):
    """The register; the page of one institution is its file."""

    list_display = ("name", "kind", "line", "region_text", "state_tag", "registered_on", "external_ref")
    list_filter = ("state", "kind", "business_line")
    search_fields = ("name", "legal_name", "=external_ref", "=registration_number")
    ordering = ("name", "id")
    fields = (
        "name",
        "legal_name",
        "kind",
        "all_lines",
        "region_text",
        "website",
        "state",
        "registration_number",
        "registered_on",
        "exited_on",
        "external_ref",
        "public_number",
    )
    readonly_fields = fields
    actions = ("confirm",)
    change_form_template = "platforms/admin/platform.html"

    @display(description=_("state"), label=STATE_LABELS, ordering="state")
    def state_tag(self, row: Platform) -> tuple[str, str]:
        """State as a tag."""
        return row.state, str(row.get_state_display())

    @admin.display(description=_("region"), ordering="region")
    def region_text(self, row: Platform) -> str:
        """Name and code (GB/T 2260) of the seat."""
        name = said(region_name(row.region))
        return row.region if name == row.region else f"{name} {row.region}"

    @admin.display(description=_("public number"))
    def public_number(self, row: Platform) -> str:
        """The number that outsiders see."""
        return str(row.public_id)

    @admin.display(description=_("business lines"))
    def all_lines(self, row: Platform) -> str:
        """Every line by name."""
        return ", ".join(str(BusinessLine(line).label) for line in row.business_lines if line in BusinessLine.values)

    @admin.display(description=_("business line"), ordering="business_line")
    def line(self, row: Platform) -> str:
        """The main line by name."""
        return str(row.get_business_line_display())

    def has_confirm_permission(self, request: HttpRequest) -> bool:
        """Who sees the action; competence is judged by the service."""
        return bool(principal_of(request).roles & STAFF_ROLES["platforms.confirm"])

    @admin.action(description=_("Confirm the registration"), permissions=["confirm"])
    def confirm(self, request: HttpRequest, queryset: QuerySet[Platform]) -> None:
        """Confirm each chosen registration; a refusal names the institution and stops nothing else."""
        for platform in queryset.order_by("pk"):
            try:
                number = services.platform_confirm(actor=principal_of(request), platform_id=platform.pk)
            except Refusal as refusal:
                messages.error(request, f"{platform.name}: {refusal.message} {refusal.cure}")
            else:
                messages.success(request, f"{platform.name}: {number}")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The file: filings, findings with evidence, reported beside recomputed, reconciliations, history."""
        extra = dict(extra_context or {})
        if object_id.isdigit():
            extra["file"] = staff_pages.platform_file(principal_of(request), int(object_id))
            extra["history"] = _history("platform", int(object_id), PlatformState)
        return super().change_view(request, object_id, form_url, extra)


class TemplateFilter(admin.SimpleListFilter):
    """Templates by title."""

    title = _("template")
    parameter_name = "template"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Every template."""
        return [(name, template_title(name)) for name in TEMPLATE_NAMES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filings of the chosen template."""
        return queryset.filter(template=self.value()) if self.value() else queryset


@admin.register(Filing)
class FilingAdmin(ScopedAdmin):
    """Filings with the counts of their current revision."""

    list_display = ("filing", "template_text", "period", "subject", "state_tag", "revision_number", "opened_at")
    list_filter = ("state", TemplateFilter)
    list_select_related = ("subject", "platform")
    search_fields = ("subject__name", "=period")
    ordering = ("-id",)
    fields = (
        "platform",
        "subject",
        "template_text",
        "period",
        "state",
        "revision_number",
        "accepted_number",
        "public_number",
    )
    readonly_fields = fields
    change_form_template = "platforms/admin/filing.html"

    @admin.display(description=_("template"), ordering="template")
    def template_text(self, row: Filing) -> str:
        """By title."""
        return template_title(row.template)

    @admin.display(description=_("public number"))
    def public_number(self, row: Filing) -> str:
        """The number that the filer sees."""
        return str(row.public_id)

    @admin.display(description=_("opened at"), ordering="created_at")
    def opened_at(self, row: Filing) -> datetime:
        """When the filer opened it."""
        return row.created_at

    @admin.display(description=_("filing"))
    def filing(self, row: Filing) -> str:
        """The end of the outside number is enough to tell rows apart."""
        return f"…{str(row.public_id)[-8:]}"

    @display(description=_("state"), label=STATE_LABELS, ordering="state")
    def state_tag(self, row: Filing) -> tuple[str, str]:
        """State as a tag."""
        return row.state, str(row.get_state_display())

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The filing with its revisions, outcomes and errors."""
        extra = dict(extra_context or {})
        if object_id.isdigit():
            extra["file"] = staff_pages.filing_file(principal_of(request), int(object_id))
            extra["history"] = _history("filing", int(object_id), FilingState)
        return super().change_view(request, object_id, form_url, extra)


@admin.register(Finding)
class FindingAdmin(ScopedAdmin):
    """Findings of the reader's authorities, with the rows that prove them."""

    visible = staticmethod(selectors.findings_visible_to)
    list_display = (
        "rule_id", "severity_tag", "heading", "platform", "period", "count", "measured_shown", "threshold_shown",
    )  # fmt: skip
    list_filter = ("severity", "state", "rule_id")
    list_select_related = ("platform", "revision__filing")
    search_fields = ("platform__name", "=rule_id")
    ordering = ("-id",)
    fields = (
        "rule_link",
        "heading",
        "severity",
        "platform_link",
        "filing_link",
        "period",
        "case_link",
        "subject",
        "count",
        "measured_shown",
        "threshold_shown",
        "rows_text",
        "basis_text",
        "as_of",
        "known_at",
        "engine",
        "evidence_sha256",
        "query_text",
        "state",
    )
    readonly_fields = fields
    change_form_template = "platforms/admin/finding.html"

    @admin.display(description=_("rule"))
    def rule_link(self, row: Finding) -> SafeString | str:
        """The version that decided."""
        return _link("rulebook_ruleversion_change", row.rule_id, row.rule_version_id)

    @admin.display(description=_("platform"))
    def platform_link(self, row: Finding) -> SafeString | str:
        """The file of the institution."""
        return _link("platforms_platform_change", str(row.platform), row.platform_id)

    @admin.display(description=_("filing"))
    def filing_link(self, row: Finding) -> SafeString | str:
        """The filing and its revision."""
        filing = row.revision.filing
        return _link("platforms_filing_change", f"{filing} · r{row.revision.number}", filing.pk)

    @admin.display(description=_("cases"))
    def case_link(self, row: Finding) -> SafeString | str:
        """The cases of the institution, as far as the reader may see them."""
        query = urlencode({"q": row.platform.name})
        return _link("cases_case_changelist", _("Cases of this platform"), query=f"?{query}")

    @display(description=_("severity"), label=SEVERITY_LABELS, ordering="severity")
    def severity_tag(self, row: Finding) -> tuple[str, str]:
        """Severity as a tag; red only for what returns a filing."""
        return row.severity, str(row.get_severity_display())

    @admin.display(description=_("title"))
    def heading(self, row: Finding) -> str:
        """The title in the reader's language."""
        return row.title

    @admin.display(description=pgettext_lazy("evidence", "measured"))
    def measured_shown(self, row: Finding) -> SafeString:
        """With grouped thousands, in figures of one width."""
        return format_html('<span class="lx-num">{}</span>', row.measured_text)

    @admin.display(description=pgettext_lazy("evidence", "threshold"))
    def threshold_shown(self, row: Finding) -> SafeString:
        """With grouped thousands, in figures of one width."""
        return format_html('<span class="lx-num">{}</span>', row.threshold_text)

    @admin.display(description=_("row numbers (first 20)"))
    def rows_text(self, row: Finding) -> str:
        """In the file as sent."""
        return cell_text(row.row_numbers) or "–"

    @admin.display(description=_("legal basis"))
    def basis_text(self, row: Finding) -> SafeString:
        """Instrument, article and how firm the source is."""
        return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in basis_lines(row.legal_basis)))

    @admin.display(description=_("compiled query"))
    def query_text(self, row: Finding) -> SafeString | str:
        """As it ran; long lines scroll inside the box."""
        if not row.compiled_sql:
            return "–"
        return format_html('<pre class="lx-source" tabindex="0">{}</pre>', row.compiled_sql)

    @admin.display(description=_("period"))
    def period(self, row: Finding) -> SafeString:
        """The filing's period, on one line."""
        return format_html('<span class="lx-num">{}</span>', row.revision.filing.period)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The finding with the first rows of its evidence."""
        row = self.get_queryset(request).filter(pk=object_id).first() if object_id.isdigit() else None
        shown = staff_pages.evidence_of(row) if row else None
        extra = {**(extra_context or {}), "evidence": shown}
        return super().change_view(request, object_id, form_url, extra)


@admin.register(ClientKey)
class ClientKeyAdmin(ScopedAdmin):
    """Public keys that may sign."""

    view_roles: ClassVar[frozenset[str]] = frozenset({"officer", "supervisor", "auditor"})
    list_display = ("key_id", "platform", "state", "not_before", "not_after", "revoked_at")
    list_filter = ("state",)
    list_select_related = ("platform",)
    search_fields = ("=key_id", "platform__name")
    ordering = ("-id",)
    fields = ("key_id", "platform", "state", "not_before", "not_after", "revoked_at", "mtls_thumbprint")
    readonly_fields = fields
    actions = ("revoke",)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Officers and supervisors."""
        return bool(principal_of(request).roles & STAFF_ROLES["platforms.keys"])

    @admin.action(description=_("Revoke the keys"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ClientKey]) -> None:
        """Revoke the chosen keys at once."""
        for key in queryset:
            services.client_key_revoke(actor=principal_of(request), key_id=key.key_id)
        messages.success(request, _("The keys are revoked."))


@admin.register(DepositoryAgreement)
class DepositoryAgreementAdmin(ScopedAdmin):
    """Which bank keeps whose client money."""

    list_display = ("platform", "bank", "in_force_from", "in_force_to")
    list_select_related = ("platform", "bank")
    search_fields = ("platform__name", "bank__name")
    ordering = ("-id",)
    fields = ("platform", "bank", "in_force_from", "in_force_to")
    readonly_fields = fields
