"""Template tags of the public shell."""

from typing import Any

from django import template
from django.forms import BoundField, Form

from common.site.nav import ITEMS, NavLink, first_url, nav_links

register = template.Library()


@register.simple_tag(takes_context=True)
def main_nav(context: dict[str, Any]) -> list[NavLink]:
    """Return the navigation entries for this request."""
    request = context.get("request")
    return nav_links(request.path if request else "")


@register.simple_tag
def section_url(key: str) -> str:
    """Return the address of a section of the navigation, or an empty string while nobody provides it."""
    return next((first_url(item.names) for item in ITEMS if item.key == key), "")


@register.filter
def field_kind(field: BoundField) -> str:
    """Name the pattern that shows a field: checkbox, radio, file, textarea, select, or input."""
    widget = field.field.widget
    kind = getattr(widget, "input_type", "")
    if kind in {"checkbox", "radio", "file", "select"}:
        return "group" if kind == "checkbox" and field.use_fieldset else str(kind)
    return "textarea" if widget.__class__.__name__ == "Textarea" else "input"


@register.filter
def error_target(field: BoundField) -> str:
    """Return the id of the control that an error summary should jump to."""
    return f"{field.auto_id}_0" if field.use_fieldset else str(field.id_for_label or field.auto_id)


@register.simple_tag
def error_items(form: Form) -> list[tuple[str, str]]:
    """List (control id, message) of all errors of a form in the order of the page; form-wide ones first."""
    items = [("", str(message)) for message in form.non_field_errors()]
    for field in form:
        items.extend((error_target(field), str(message)) for message in field.errors)
    return items
