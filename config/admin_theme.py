"""The staff admin's look: names, colours, menu and the officer's desk as its first page."""

from collections.abc import Callable
from typing import Any

from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

EMPTY_LISTS: dict[str, Any] = {  # model → what would stand in its list, and why it is empty
    "cases.case": _("Cases open by themselves when a filing has serious findings or a platform enters area D."),
    "complaints.complaint": _("Complaints about platforms your authority answers for come here as they are filed."),
    "regulators.handover": _("Matters that one authority offers another are listed here until they are answered."),
    "regulators.consultation": _(
        "Questions between authorities are listed here. Ask one from the page of a case or complaint."
    ),
    "riskmodels.warning": _("A warning is raised by serious findings, a worse risk area or many complaints at once."),
    "platforms.platform": _("Institutions register through the API; an officer confirms them."),
    "platforms.filing": _("Platforms and banks send their filings through the API."),
    "platforms.finding": _("A finding is written when a filing breaks a rule. Your authority has none."),
    "riskmodels.score": _("Platforms are scored once a model is in use and their monthly indicators have come in."),
    "selfdiscipline.association": _("Associations are entered with their members."),
    "rulebook.ruledraft": _("A draft begins on the page of a rule, or with “New rule”."),
    "rulebook.sourceconfirmation": _("A source is listed once a first person has confirmed it."),
    "regulators.openquestion": _("No question about the map of supervision is open."),
    "regulators.actionitem": _("Actions follow from resolutions of the joint meeting."),
    "regulators.expert": _("The secretariat appoints experts."),
    "regulators.expertquestion": _("A question to the experts is asked from an item of a joint meeting."),
    "regulators.jointmeeting": _("The secretariat opens the meeting of each quarter."),
    "common.job": _("Background work is listed here while it waits, runs and after it has ended."),
    "common.outgoingmessage": _("What the system sends to people is listed here."),
}
OWN_ENTRY = ("rulebook_clause_coverage", "regulators_authority_tree", "regulators_mandate_coverage")


def _item(title: Any, icon: str, name: str, of: str = "") -> dict[str, Any]:
    """An entry of the menu; `of` names the list (app_model) whose readers see it, else the address does."""
    noun = of or name.removesuffix("_changelist")
    link = reverse_lazy(f"admin:{name}")
    return {"title": title, "icon": icon, "link": link, "permission": _may_open(noun), "active": _is_shown(noun, name)}


def _is_shown(noun: str, name: str) -> Callable[[Any], bool]:
    """A list is marked on its own pages, but not on one that has an entry of its own."""

    def is_here(request: Any) -> bool:
        here = request.resolver_match.url_name if request.resolver_match else ""
        return here == name or (name == f"{noun}_changelist" and here.startswith(f"{noun}_") and here not in OWN_ENTRY)

    return is_here


def _may_open(noun: str) -> Callable[[Any], bool]:
    """The page itself is asked, so that no entry of the menu leads to a refusal."""

    def permits(request: Any) -> bool:
        from django.contrib.admin import site  # settings read this module before there are apps

        pages = site._registry.values()  # noqa: SLF001 - Django's own way
        named = (page for page in pages if f"{page.opts.app_label}_{page.opts.model_name}" == noun)
        return any(page.has_view_permission(request) for page in named)

    return permits


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
    "STYLES": [
        lambda request: static("site/tokens.css"),
        lambda request: static("site/scroll.css"),
        lambda request: static("cases/desk.css"),
        lambda request: static("site/staff.css"),
    ],
    "SCRIPTS": [lambda request: static("site/staff.js")],
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
            {"title": _("Law and rules"), "collapsible": True, "items": [
                _item(_("Rules"), "gavel", "rulebook_ruleversion_changelist"),
                _item(_("Rule drafts"), "edit_note", "rulebook_ruledraft_changelist"),
                _item(_("Sources to confirm"), "fact_check", "rulebook_sourceconfirmation_changelist"),
                _item(_("Coverage of law"), "grid_on", "rulebook_clause_coverage", of="rulebook_clause"),
                _item(_("Clauses"), "segment", "rulebook_clause_changelist"),
                _item(_("Instruments"), "menu_book", "rulebook_instrument_changelist"),
                _item(_("Parameters"), "tune", "rulebook_parametervalue_changelist"),
                _item(_("Terms"), "timer", "rulebook_deadlinerule_changelist"),
                _item(_("Calendar years"), "calendar_month", "rulebook_workingyear_changelist"),
            ]},
            {"title": _("Mandate"), "collapsible": True, "items": [
                _item(_("Authorities"), "account_balance", "regulators_authority_changelist"),
                _item(_("Authority tree"), "account_tree", "regulators_authority_tree", of="regulators_authority"),
                _item(_("Mandates"), "table_chart", "regulators_mandate_changelist"),
                _item(_("Who supervises what"), "map", "regulators_mandate_coverage", of="regulators_mandate"),
                _item(_("Open questions"), "contact_support", "regulators_openquestion_changelist"),
            ]},
            {"title": _("Joint meeting"), "collapsible": True, "items": [
                _item(_("Joint meetings"), "groups", "regulators_jointmeeting_changelist"),
                _item(_("Actions"), "task_alt", "regulators_actionitem_changelist"),
                _item(_("Experts"), "school", "regulators_expert_changelist"),
                _item(_("Questions to experts"), "quiz", "regulators_expertquestion_changelist"),
            ]},
            {"title": _("Operation"), "collapsible": True, "items": [
                _item(_("Background jobs"), "hourglass_top", "common_job_changelist"),
                _item(_("Outgoing messages"), "outgoing_mail", "common_outgoingmessage_changelist"),
                _item(_("Audit trail"), "history", "common_auditentry_changelist"),
                _item(_("Users"), "person", "common_user_changelist"),
                _item(_("Schedules"), "schedule", "django_celery_beat_periodictask_changelist"),
            ]},
        ],
    },
}
