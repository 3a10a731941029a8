"""Work between authorities: objects shared with assisting bodies."""

from django.contrib import admin

from common.admin import ScopedAdmin
from regulators.models import ObjectAccess


@admin.register(ObjectAccess)
class ObjectAccessAdmin(ScopedAdmin):
    """Objects shared with assisting authorities."""

    list_display = ("object_kind", "object_id", "authority", "reason", "granted_at")
    list_filter = ("object_kind",)
    search_fields = ("authority__code",)
    list_select_related = ("authority",)
    ordering = ("-id",)
