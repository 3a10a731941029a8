"""The test suite: the same code, cheap hashing, the clock may be frozen, Celery runs in the test's hand."""

from config.settings.base import *  # noqa: F403
from config.settings.base import STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
CELERY_TASK_ALWAYS_EAGER = False
CLOCK_PINNABLE = False  # tests freeze the clock; the demo shifts it
ALLOWED_HOSTS = ["*"]
AXES_ENABLED = False
WHITENOISE_AUTOREFRESH = True
