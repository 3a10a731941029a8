"""A real deployment: every secret must be set, cookies are secure, TLS ends at the proxy."""

import os

os.environ.setdefault("LIANXI_PRODUCTION", "1")

from config.settings.base import *  # noqa: F403
from config.settings.base import LAKE_ROOT

os.environ.setdefault("LIANXI_LAKE", LAKE_ROOT)  # the analytic plane knows no settings and asks the environment

ALLOWED_HOSTS = [host for host in os.environ.get("LIANXI_HOSTS", "").split(",") if host]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]
