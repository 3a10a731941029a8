"""The staff admin's look: names, colours, menu and the officer's desk as its first page."""

from collections.abc import Callable
from typing import Any

from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _


def _item(title: Any, icon: str, name: str, shown_to: Callable[[Any], bool] | None = None) -> dict[str, Any]:
    entry = {"title": title, "icon": icon, "link": reverse_lazy(f"admin:{name}")}
    return {**entry, "permission": shown_to or _is_staff_of_authority}


def _is_staff_of_authority(request: Any) -> bool:
    """Everybody but experts: they see their own questions only."""
    return bool(request.principal.roles - {"expert"})


def _meets(request: Any) -> bool:
    """Those who may see questions to experts."""
    return bool(request.principal.roles & {"officer", "supervisor", "secretariat", "expert"})


def _watches(request: Any) -> bool:
    """Supervisors, auditors and the secretariat see how the system is operated."""
    return bool(request.principal.roles & {"auditor", "supervisor", "secretariat"})


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": _("Lianxi"),
    "SITE_HEADER": _("Lianxi 联席"),
    "SITE_SUBHEADER": _("Joint supervision desk"),
    "SITE_URL": "/",
    "SITE_ICON": lambda request: static("site/mark.svg"),
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("site/mark.svg")}],
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "DASHBOARD_CALLBACK": "cases.desk.dashboard_callback",
    "STYLES": [lambda request: static("site/tokens.css"), lambda request: static("cases/desk.css")],
    "COLORS": {
        "primary": {
            "50": "oklch(97% .013 250)", "100": "oklch(93% .03 250)", "200": "oklch(87% .055 250)",
            "300": "oklch(78% .085 250)", "400": "oklch(66% .11 250)", "500": "oklch(54% .12 250)",
            "600": "oklch(43% .11 250)", "700": "oklch(37% .095 250)", "800": "oklch(31% .08 250)",
            "900": "oklch(26% .065 250)", "950": "oklch(19% .05 250)",
        }
    },
    "SIDEBAR": {
        "show_search": False,
        "show_all_applications": False,
        "navigation": [
            {"title": _("My work"), "items": [
                {"title": _("Desk"), "icon": "dashboard", "link": reverse_lazy("admin:index")},
                _item(_("Cases"), "folder_open", "cases_case_changelist"),
                _item(_("Complaints"), "support_agent", "complaints_complaint_changelist"),
                _item(_("Hand-overs"), "move_up", "regulators_handover_changelist"),
                _item(_("Consultations"), "forum", "regulators_consultation_changelist"),
                _item(_("Warnings"), "notifications_active", "riskmodels_warning_changelist"),
            ]},
            {"title": _("Supervised firms"), "items": [
                _item(_("Platforms"), "domain", "platforms_platform_changelist"),
                _item(_("Filings"), "upload_file", "platforms_filing_changelist"),
                _item(_("Findings"), "rule", "platforms_finding_changelist"),
                _item(_("Risk scores"), "scatter_plot", "riskmodels_score_changelist"),
                _item(_("Associations"), "diversity_3", "selfdiscipline_association_changelist"),
            ]},
            {"title": _("Law and mandate"), "items": [
                _item(_("Rules"), "gavel", "rulebook_ruleversion_changelist"),
                _item(_("Authorities"), "account_balance", "regulators_authority_changelist"),
                _item(_("Mandates"), "table_chart", "regulators_mandate_changelist"),
                _item(_("Joint meetings"), "groups", "regulators_jointmeeting_changelist"),
                _item(_("Actions"), "task_alt", "regulators_actionitem_changelist"),
                _item(_("Experts"), "school", "regulators_expert_changelist", _meets),
                _item(_("Questions to experts"), "quiz", "regulators_expertquestion_changelist", _meets),
            ]},
            {"title": _("Operation"), "items": [
                _item(_("Background jobs"), "hourglass_top", "common_job_changelist"),
                _item(_("Outgoing messages"), "outgoing_mail", "common_outgoingmessage_changelist", _watches),
                _item(_("Audit trail"), "history", "common_auditentry_changelist", _watches),
                _item(_("Users"), "person", "common_user_changelist", _watches),
                _item(_("Schedules"), "schedule", "django_celery_beat_periodictask_changelist", _watches),
            ]},
        ],
    },
}
