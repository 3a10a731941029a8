"""Provinces for the form, by the regions of the home pack."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rulebook import packs
from rulebook.home import home

COUNTRY = "000000"


def province_choices() -> list[tuple[str, str]]:
    """(code, name) in the reader's language; the whole country stands for "I do not know"."""
    language = "zh" if (get_language() or "").startswith("zh") else "en"
    regions = [region for region in packs.shipped_regions(home().pack) if region.code != COUNTRY]
    return [(COUNTRY, _("I do not know, or not in one place")), *((one.code, one.name[language]) for one in regions)]
