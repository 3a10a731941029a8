"""Who supervises what, and what the pack leaves open."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from common.admin import ScopedAdmin
from regulators.models import Mandate, OpenQuestion


@admin.register(Mandate)
class MandateAdmin(ScopedAdmin):
    """Who supervises what, since when, by which text."""

    list_display = (
        "business_line", "role", "region", "authority", "duty", "valid_from", "valid_to", "verified",
    )  # fmt: skip
    list_filter = ("business_line", "role", "duty", "verified")
    search_fields = ("authority__code", "region")
    list_select_related = ("authority",)
    ordering = ("business_line", "role", "region", "valid_from")
    exclude = ("public_id", "pack")


@admin.register(OpenQuestion)
class OpenQuestionAdmin(ScopedAdmin):
    """What the pack leaves open for the joint meeting."""

    list_display = ("key", "title", "business_line", "role", "valid_from", "valid_to")
    ordering = ("key",)
    exclude = ("public_id", "pack")

    @admin.display(description=_("title"))
    def title(self, question: OpenQuestion) -> str:
        """In the reader's language."""
        return str(question)
