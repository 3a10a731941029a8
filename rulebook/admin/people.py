"""Principal labels as people read them."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _


def person_names(labels: Iterable[str]) -> dict[str, str]:
    """Return the names behind labels such as user:5; the system is called so."""
    numbers = {label: int(label[5:]) for label in labels if label.startswith("user:") and label[5:].isdigit()}
    users = get_user_model().objects.in_bulk(set(numbers.values()))
    names = {label: str(users[number]) for label, number in numbers.items() if number in users}
    return {label: names.get(label) or (_("the system") if label.startswith("system:") else label) for label in labels}
