"""Messages to the complainant: no receipt number, no word of the complaint, because others may read them."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from common.notices import notice_send
from complaints.models import Complaint

Text = tuple[str, str]


def _received(values: dict[str, Any]) -> Text:
    return (
        _("We have received your complaint"),
        _("It is now with: %(authority)s. You can expect a first answer by %(date)s.") % values,
    )


def _forwarded(values: dict[str, Any]) -> Text:
    return (
        _("Your complaint was sent to the platform"),
        _("The platform has to answer by %(date)s. If it does not, the authority takes over.") % values,
    )


def _answered(_values: dict[str, Any]) -> Text:
    return (
        _("The platform has answered"),
        _("Open the status page with your receipt number to read the answer. The authority decides next."),
    )


def _overdue(_values: dict[str, Any]) -> Text:
    return (
        _("The date for an answer has passed"),
        _("Your complaint stays open. The authority in charge has taken it over. You need not do anything."),
    )


def _closed(_values: dict[str, Any]) -> Text:
    return (
        _("Your complaint has been decided"),
        _("Open the status page with your receipt number to read the decision."),
    )


def _supplement(_values: dict[str, Any]) -> Text:
    return (
        _("The authority has a question"),
        _("Open the status page with your receipt number and answer it there. The clocks stand still meanwhile."),
    )


def _extended(values: dict[str, Any]) -> Text:
    return (
        _("Your complaint needs more time"),
        _("The new date is %(date)s. The status page says why and who approved it.") % values,
    )


def _moved(values: dict[str, Any]) -> Text:
    return (
        _("A date in your complaint has changed"),
        _("The new date is %(date)s. The status page says why, step by step.") % values,
    )


_TEXTS: dict[str, Callable[[dict[str, Any]], Text]] = {
    "received": _received,
    "forwarded": _forwarded,
    "answered": _answered,
    "overdue": _overdue,
    "closed": _closed,
    "supplement": _supplement,
    "extended": _extended,
    "moved": _moved,
}


def complainant_tell(complaint: Complaint, what: str, **values: Any) -> int | None:
    """Write one message in the complainant's language, in the caller's transaction; None when no address was given."""
    if not complaint.contact_channel or complaint.contact_sealed is None:
        return None
    with translation.override(complaint.language):
        title, text = _TEXTS[what](values)
        footer = _("Complaint number: %(number)s. Status page: %(url)s") % {
            "number": complaint.number,
            "url": f"{settings.BASE_URL}/complaints/status/",
        }
    return notice_send(
        channel=complaint.contact_channel,
        subject_ref=f"complaint:{complaint.pk}",
        person=complaint.person,
        address_sealed=bytes(complaint.contact_sealed),
        title=title,
        body=f"{text}\n\n{footer}",
        language=complaint.language,
    )
