"""Staff pages of the kernel: jobs, messages, the audit trail, users."""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.admin_base import EstimatedPaginator, ScopedAdmin, principal_of
from common.models import AuditEntry, AuditEpoch, Job, OutgoingMessage, User

ACTIONS = {
    "INSERT": pgettext_lazy("audit trail", "added"),
    "UPDATE": pgettext_lazy("audit trail", "changed"),
    "DELETE": pgettext_lazy("audit trail", "deleted"),
}
__all__ = ["EstimatedPaginator", "ScopedAdmin", "principal_of"]


@admin.register(Job)
class JobAdmin(ScopedAdmin):
    """Background work with its progress."""

    list_display = ("kind", "key", "state", "step", "progress_text", "attempt", "created_at", "finished_at")
    list_filter = ("state", "queue", "kind")
    search_fields = ("key",)
    ordering = ("-id",)

    @admin.display(description=_("Progress"))
    def progress_text(self, job: Job) -> str:
        """Rows done of total."""
        return f"{job.done} / {job.total}" if job.total else str(job.done or "–")


@admin.register(OutgoingMessage)
class OutgoingMessageAdmin(ScopedAdmin):
    """The local outbox: what would have been sent. Addresses stay sealed; complaint texts are not for every desk."""

    view_roles: ClassVar[frozenset[str]] = frozenset({"supervisor", "secretariat"})
    list_display = ("made_at", "channel", "subject_ref", "title", "language", "state")
    list_filter = ("channel", "state", "language")
    search_fields = ("subject_ref", "title")
    ordering = ("-id",)
    exclude = ("address_sealed", "person")

    @admin.display(description=_("Created at"), ordering="created_at")
    def made_at(self, message: OutgoingMessage) -> datetime:
        """When it was written (business time)."""
        return message.created_at


@admin.register(AuditEntry)
class AuditEntryAdmin(ScopedAdmin):
    """Who changed what; for auditors and supervisors."""

    view_roles: ClassVar[frozenset[str]] = frozenset({"auditor", "supervisor", "secretariat"})
    list_display = ("id", "at", "actor", "action_text", "table_name", "row_id")
    list_filter = ("op", "table_name")
    search_fields = ("actor",)
    ordering = ("-id",)
    fields = ("at", "actor", "action_text", "table_name", "row_id", "request_id", "body", "xid")
    readonly_fields = fields

    @admin.display(description=pgettext_lazy("audit trail", "Action"), ordering="op")
    def action_text(self, entry: AuditEntry) -> str:
        """What was done to the row, in a word."""
        return str(ACTIONS.get(entry.op, entry.op))


@admin.register(AuditEpoch)
class AuditEpochAdmin(ScopedAdmin):
    """Sealed batches of the audit trail."""

    view_roles: ClassVar[frozenset[str]] = frozenset({"auditor", "supervisor", "secretariat"})
    list_display = ("id", "sealed_at", "entries", "first_xid", "next_xid", "key_id")
    ordering = ("-id",)
    exclude = ("root", "previous", "head")


@admin.register(User)
class UserAdmin(ScopedAdmin):
    """Logins; what a person may do follows from the officer record."""

    view_roles: ClassVar[frozenset[str]] = frozenset({"supervisor", "secretariat"})
    list_display = ("username", "is_active", "is_staff", "last_login", "language")
    ordering = ("username",)
    fields = ("username", "is_active", "is_staff", "last_login", "language")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Staff accounts only."""
        return super().get_queryset(request).filter(is_staff=True)
