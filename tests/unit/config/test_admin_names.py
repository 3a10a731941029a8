"""No two staff pages share a name: a button whose page bore its own name once led to itself without end."""

from collections import Counter

import pytest
from django.contrib.admin import site
from django.urls import reverse


def test_every_name_of_a_staff_page_is_given_once():
    for admin in site._registry.values():
        given = Counter(page.name for page in admin.get_urls() if getattr(page, "name", None))
        assert [name for name, times in given.items() if times > 1] == [], admin


@pytest.mark.parametrize(("page", "path"), [("question", "ask"), ("extension", "extend"), ("decision", "decide")])
def test_the_buttons_of_a_complaint_lead_to_their_forms(page: str, path: str):
    address = reverse(f"admin:complaints_complaint_{page}", args=[7])
    assert address == f"/admin/complaints/complaint/7/{path}/"
