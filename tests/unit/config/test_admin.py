"""Third-party models: in our look and scope, or without a page."""

import pytest
from django.contrib import admin
from django.test import RequestFactory
from unfold.admin import ModelAdmin

from common.principal import Principal
from config.admin import PeriodicTaskAdmin

HIDDEN = {"Group", "EmailAddress", "Authenticator"}


def test_every_registered_page_is_ours_and_secrets_have_none():
    pages = admin.site._registry
    assert [model._meta.label for model, page in pages.items() if not isinstance(page, ModelAdmin)] == []
    assert {model.__name__ for model in pages} & HIDDEN == set()
    assert {page.list_per_page for page in pages.values()} == {25}


@pytest.mark.parametrize(
    ("roles", "may_look", "may_change"),
    [({"supervisor"}, True, True), ({"auditor"}, True, False), ({"officer"}, False, False), (set(), False, False)],
)
def test_only_supervisors_change_schedules(roles: set[str], may_look: bool, may_change: bool):
    from django_celery_beat.models import PeriodicTask

    page = PeriodicTaskAdmin(PeriodicTask, admin.site)
    request = RequestFactory().get("/")
    request.principal = Principal(kind="staff", label="officer:1", roles=frozenset(roles))
    assert (page.has_view_permission(request), page.has_change_permission(request)) == (may_look, may_change)
    assert not page.has_add_permission(request)
    assert not page.has_delete_permission(request)
