"""Embedded services and the demo."""

from config.settings.base import *  # noqa: F403
from config.settings.base import DEMO, STORAGES

# Static files straight from the packages: nothing to collect before the first page.
WHITENOISE_USE_FINDERS = True
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
CLOCK_PINNABLE = DEMO
