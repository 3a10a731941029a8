"""The base of every staff list: scoped to the reader, 25 rows, estimated counts, read-only unless a service acts."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, ClassVar

from django.conf import settings
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from common.db.sqlfiles import sql_text
from common.principal import Principal

EXACT_LIMIT = 10_000


class EstimatedPaginator(Paginator):
    """Counts exactly up to 10,000 rows; beyond that the planner's estimate, so that no page costs a full count."""

    @cached_property
    def count(self) -> int:
        """Rows in the list, exact while that is cheap."""
        query: Any = self.object_list
        capped = query.order_by()[: EXACT_LIMIT + 1].count()
        if capped <= EXACT_LIMIT or query.query.where:
            return capped
        with connection.cursor() as cursor:
            table = query.model._meta.db_table  # noqa: SLF001 - Django's documented interface
            cursor.execute(sql_text("common", "estimated_rows"), [table])
            estimate = cursor.fetchone()[0]
        return max(int(estimate), capped)


class ScopedAdmin(ModelAdmin):
    """Staff list and page of one noun.

    `visible` is the app's selector (principal → queryset); nothing can be added, changed or deleted here, because
    verbs live in services: buttons (`actions_detail`, `actions`) call them. `view_roles` names who may look.
    """

    visible: ClassVar[Any] = None  # Callable[[Principal], QuerySet]; a plain function stored on the class
    view_roles: ClassVar[frozenset[str]] = frozenset(
        {"officer", "secretariat", "supervisor", "association", "auditor"}
    )
    list_per_page = 25
    list_max_show_all = 25
    show_full_result_count = False
    paginator = EstimatedPaginator
    list_fullwidth = True
    compressed_fields = True

    @property
    def empty_text(self) -> Any:
        """What would stand in an empty list, and why nothing does."""
        texts: dict[str, Any] = getattr(settings, "EMPTY_LISTS", {})
        return texts.get(self.opts.label_lower, "")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Only what the reader may see."""
        selector: Callable[[Principal], QuerySet[Any]] | None = type(self).visible
        return selector(principal_of(request)) if selector else super().get_queryset(request)

    def _may_look(self, request: HttpRequest) -> bool:
        return bool(principal_of(request).roles & self.view_roles)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """By role."""
        return self._may_look(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """By role; the row itself by the queryset."""
        return self._may_look(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never: services add."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never: services change."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False


def principal_of(request: HttpRequest) -> Principal:
    """The staff principal that the middleware put on the request."""
    principal = getattr(request, "principal", None)
    return principal if isinstance(principal, Principal) else Principal(kind="public", label="public")
