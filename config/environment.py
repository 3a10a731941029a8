"""Reading the environment: database addresses and secrets. Standard library only."""

import hashlib
import os
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


def database_from_url(url: str) -> dict[str, Any]:
    """Turn `postgresql://user:pw@host:port/name?host=/socket` into a Django database entry.

    An empty address gives an entry that fails on first use with PostgreSQL's own message, so that commands
    that need no database still run.
    """
    parts = urlsplit(url)
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "lianxi",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host") or unquote(parts.hostname or ""),
        "PORT": query.get("port") or (str(parts.port) if parts.port else ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"application_name": "lianxi", "options": "-c lock_timeout=15000"},
    }


def secret(name: str) -> str:
    """A secret from the environment; outside production a fixed, clearly marked development value."""
    value = os.environ.get(name, "")
    if value:
        return value
    if os.environ.get("LIANXI_PRODUCTION") == "1":
        raise RuntimeError(f"{name} is not set. Put 32 random bytes, base64, into the environment.")
    return "dev-only-" + hashlib.sha256(name.encode()).hexdigest()
