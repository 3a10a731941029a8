"""Third-party models in the staff admin: each is shown in our look and scope, or not at all.

Groups, e-mail addresses and second factors have no page: rights follow from officer records, and the last two hold
personal data and secrets. Schedules can be switched and re-timed by a supervisor; what they run cannot be typed in,
because a task name and free arguments would be a way around every permission.
"""

from typing import Any, ClassVar

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_celery_beat.models import ClockedSchedule, CrontabSchedule, IntervalSchedule, PeriodicTask, SolarSchedule

from common.admin_base import ScopedAdmin, principal_of

for model in (
    Group, EmailAddress, Authenticator, AccessAttempt, AccessFailureLog, AccessLog,
    PeriodicTask, IntervalSchedule, CrontabSchedule, ClockedSchedule, SolarSchedule,
):
    admin.site.unregister(model)

WATCHERS = frozenset({"auditor", "supervisor", "secretariat"})


class LoginRecordAdmin(ScopedAdmin):
    """Who tried to log in; for auditors and supervisors."""

    view_roles: ClassVar[frozenset[str]] = WATCHERS
    list_display = ("attempt_time", "username", "ip_address", "path_info")
    search_fields = ("username", "ip_address")
    ordering = ("-attempt_time",)
    exclude = ("get_data", "post_data", "http_accept", "user_agent")


class ScheduleAdmin(ScopedAdmin):
    """Intervals and calendars that schedules use; read-only."""

    view_roles: ClassVar[frozenset[str]] = WATCHERS


class PeriodicTaskAdmin(ScopedAdmin):
    """What runs by the clock: a supervisor may switch it off and on and change how often."""

    view_roles: ClassVar[frozenset[str]] = WATCHERS
    list_display = ("name", "enabled", "interval", "crontab", "last_run_at", "total_run_count")
    list_filter = ("enabled",)
    search_fields = ("name",)
    ordering = ("name",)
    list_select_related = ("interval", "crontab")
    fieldsets = (
        (None, {"fields": ("name", "enabled", "description")}),
        (_("Schedule"), {"fields": ("interval", "crontab", "last_run_at", "total_run_count")}),
        (_("What it runs"), {"fields": ("task", "args", "queue")}),
    )
    readonly_fields = ("name", "last_run_at", "total_run_count", "task", "args", "queue")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Supervisors only."""
        return principal_of(request).has_role("supervisor") and principal_of(request).kind == "staff"

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Choose among existing intervals and calendars; no pop-up to make new ones."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        for attribute in ("can_add_related", "can_change_related", "can_delete_related", "can_view_related"):
            setattr(field.widget, attribute, False)
        return field


admin.site.register([AccessAttempt, AccessFailureLog, AccessLog], LoginRecordAdmin)
admin.site.register([IntervalSchedule, CrontabSchedule, ClockedSchedule, SolarSchedule], ScheduleAdmin)
admin.site.register(PeriodicTask, PeriodicTaskAdmin)
