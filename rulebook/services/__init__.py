"""The only code of the rulebook that writes."""

from rulebook.services.calendars import calendar_year_publish
from rulebook.services.checking import pack_check
from rulebook.services.loading import PackLoadResult, pack_load

__all__ = ["PackLoadResult", "calendar_year_publish", "pack_check", "pack_load"]
