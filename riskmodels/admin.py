"""Staff pages: scores, warnings, model versions. Read-only; verbs are services."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from common.admin import ScopedAdmin, principal_of
from common.errors import Refusal
from regulators.selectors import authority_ref
from riskmodels import selectors, services
from riskmodels.choices import ModelState, WarningLevel, WarningState
from riskmodels.models import ModelVersion, Score, Warning

AREA_LABELS = {"A": "info", "B": "warning", "C": "warning", "D": "danger"}


def said(text: Mapping[str, Any]) -> str:
    """The reader's half of a pair of texts."""
    language = "zh" if (get_language() or "").startswith("zh") else "en"
    return str(text.get(language) or text.get("en", ""))


def reasons_html(reasons: list[dict[str, Any]]) -> SafeString:
    """Reasons in the reader's language, one line each."""
    items = ((said(reason),) for reason in reasons)
    return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", items))


def measured_html(values: dict[str, Any]) -> SafeString:
    """Names and numbers as a plain table."""
    rows = ((name, value) for name, value in values.items() if not isinstance(value, dict))
    return format_html("<table>{}</table>", format_html_join("", '<tr><th scope="row">{}</th><td>{}</td></tr>', rows))


@admin.register(Score)
class ScoreAdmin(ScopedAdmin):
    """Scores, newest first."""

    visible = selectors.scores_visible_to
    list_display = ("platform", "area_badge", "probability_text", "interval_text", "impact_text", "settled", "as_of")
    list_filter = ("area", "is_unsettled", "is_retrospective", "as_of")
    search_fields = ("platform__name",)
    list_select_related = ("platform",)
    ordering = ("-as_of", "-id")
    fields = (
        "platform",
        "as_of",
        "known_at",
        "area",
        "probability_text",
        "interval_text",
        "cell_probability",
        "is_unsettled",
        "impact_text",
        "is_impact_estimated",
        "previous_area",
        "is_out_of_fold",
        "is_retrospective",
        "reasons_text",
        "model_version",
        "input_sha256",
    )
    readonly_fields = fields

    @display(description=_("Area"), label=AREA_LABELS, ordering="area")
    def area_badge(self, score: Score) -> str:
        """The letter as a badge."""
        return score.area

    @admin.display(description=_("Probability"), ordering="probability")
    def probability_text(self, score: Score) -> str:
        """As a percentage."""
        return f"{score.probability:.1%}"

    @admin.display(description=_("90 % interval"))
    def interval_text(self, score: Score) -> str:
        """From the bootstrap."""
        return f"{score.low:.1%} – {score.high:.1%}"

    @admin.display(description=_("Impact, yuan"), ordering="impact_cny")
    def impact_text(self, score: Score) -> SafeString:
        """Outstanding balance in yuan."""
        return format_html('<span class="lx-num">{}</span>', score.impact_text)

    @display(description=_("Settled"), boolean=True, ordering="is_unsettled")
    def settled(self, score: Score) -> bool:
        """Whether the model may speak for itself."""
        return not score.is_unsettled

    @admin.display(description=_("Reasons"))
    def reasons_text(self, score: Score) -> SafeString:
        """In the reader's language."""
        return reasons_html(score.reasons)


@admin.register(Warning)
class WarningAdmin(ScopedAdmin):
    """Warnings, newest first."""

    visible = selectors.warnings_visible_to
    list_display = ("platform", "kind", "level_badge", "state_badge", "times_seen", "raised_at")
    list_filter = ("state", "kind", "level", "is_public")
    search_fields = ("platform__name",)
    list_select_related = ("platform",)
    ordering = ("-raised_at", "-id")
    fields = (
        "platform_link",
        "kind",
        "level",
        "state",
        "raised_at",
        "last_seen_at",
        "times_seen",
        "reasons_text",
        "about",
        "owner_text",
        "is_public",
        "public_text_zh",
        "public_text_en",
    )
    readonly_fields = fields
    actions_detail = ("acknowledge",)

    @display(
        description=_("Level"),
        ordering="level",
        label={WarningLevel.HIGH.value: "danger", WarningLevel.MEDIUM.value: "warning"},
    )
    def level_badge(self, warning: Warning) -> tuple[str, str]:
        """Code for the colour, words for the reader."""
        return warning.level, warning.get_level_display()

    @display(
        description=_("State"),
        ordering="state",
        label={
            WarningState.OPEN.value: "danger",
            WarningState.ACKNOWLEDGED.value: "info",
            WarningState.CLOSED.value: "success",
        },
    )
    def state_badge(self, warning: Warning) -> tuple[str, str]:
        """Code for the colour, words for the reader."""
        return warning.state, warning.get_state_display()

    @admin.display(description=_("Reasons"))
    def reasons_text(self, warning: Warning) -> SafeString:
        """In the reader's language."""
        return reasons_html(warning.reasons)

    @admin.display(description=_("platform"))
    def platform_link(self, warning: Warning) -> SafeString:
        """The file of the institution."""
        url = reverse("admin:platforms_platform_change", args=[warning.platform_id])
        return format_html('<a class="lx-link" href="{}">{}</a>', url, warning.platform)

    @admin.display(description=_("What raised it"))
    def about(self, warning: Warning) -> SafeString | str:
        """The filing or score, as a link."""
        found = selectors.warning_subject(warning)
        if found is None:
            return "–"
        url = reverse(f"admin:{found.page}", args=[found.pk])
        return format_html('<a class="lx-link" href="{}">{}</a>', url, found.title)

    @admin.display(description=_("authority in charge"))
    def owner_text(self, warning: Warning) -> str:
        """Its name in the reader's language."""
        body = authority_ref(warning.owner_authority_id) if warning.owner_authority_id else None
        return said(body.name) if body else "–"

    @action(description=_("I am looking at this"), url_path="acknowledge")
    def acknowledge(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Ask once more, then call the service: a link alone changes nothing."""
        row = get_object_or_404(self.get_queryset(request), pk=object_id)
        if request.method != "POST":
            context = {**self.admin_site.each_context(request), "row": row, "title": _("I am looking at this")}
            return TemplateResponse(request, "riskmodels/admin/acknowledge.html", context)
        try:
            services.warning_acknowledge(actor=principal_of(request), warning_id=int(object_id))
        except Refusal as refusal:
            messages.error(request, f"{refusal.message} {refusal.cure}")
        return HttpResponseRedirect(reverse("admin:riskmodels_warning_change", args=[object_id]))


@admin.register(ModelVersion)
class ModelVersionAdmin(ScopedAdmin):
    """Model versions with what they measured."""

    visible = selectors.versions_visible_to
    list_display = ("purpose", "number", "state_badge", "auc_text", "events_text", "trained_on", "activated_at")
    list_filter = ("state", "purpose")
    ordering = ("-id",)
    fields = (
        "purpose",
        "number",
        "state",
        "trained_on",
        "trained_month",
        "is_generated_data",
        "metrics_text",
        "gates_text",
        "thresholds_text",
        "features",
        "fitted_by",
        "proposed_by",
        "approved_by",
        "approval_reason",
        "activated_at",
        "retired_at",
        "sha256",
        "data_sha256",
    )
    readonly_fields = fields

    @display(
        description=_("State"),
        ordering="state",
        label={
            ModelState.ACTIVE.value: "success",
            ModelState.CANDIDATE.value: "info",
            ModelState.RETIRED.value: "warning",
        },
    )
    def state_badge(self, version: ModelVersion) -> tuple[str, str]:
        """Code for the colour, words for the reader."""
        return version.state, version.get_state_display()

    @admin.display(description=_("AUC (95 % interval)"))
    def auc_text(self, version: ModelVersion) -> str:
        """Out of fold."""
        measured = version.metrics
        return f"{measured['auc']:.3f} ({measured['auc_low']:.3f} – {measured['auc_high']:.3f})"

    @admin.display(description=_("Failures / platforms"))
    def events_text(self, version: ModelVersion) -> str:
        """How much the model learned from."""
        return f"{version.metrics['events']} / {version.metrics['n']}"

    @admin.display(description=_("Measured"))
    def metrics_text(self, version: ModelVersion) -> SafeString:
        """Every number of the fit."""
        return measured_html(version.metrics)

    @admin.display(description=_("Gates"))
    def gates_text(self, version: ModelVersion) -> SafeString:
        """What it passed."""
        return measured_html(version.gates)

    @admin.display(description=_("Thresholds"))
    def thresholds_text(self, version: ModelVersion) -> SafeString:
        """Where it cuts the coordinate."""
        return measured_html(version.thresholds)
