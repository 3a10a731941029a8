"""Embedded services and the demo."""

from config.settings.base import *  # noqa: F403
