"""Structured logs with the request id; no personal data, no secrets."""

import logging
import os
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

_SECRET_KEYS = frozenset(
    {"password", "secret", "token", "authorization", "receipt", "narrative", "contact", "signature"}
)


def _drop_secrets(_: Any, __: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    return {key: ("[hidden]" if key.lower() in _SECRET_KEYS else value) for key, value in event.items()}


def configure_logging() -> None:
    """JSON lines on standard error; LIANXI_LOG_LEVEL sets the level (default INFO)."""
    level = getattr(logging, os.environ.get("LIANXI_LOG_LEVEL", "INFO").upper(), logging.INFO)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _drop_secrets,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )


def get_logger(name: str) -> Any:
    """A logger that binds `source=name`."""
    return structlog.get_logger(source=name)
