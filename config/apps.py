"""The wiring app: it owns commands that join several apps, and nothing else."""

from django.apps import AppConfig


class ConfigApp(AppConfig):
    """Registers the management commands of `config`."""

    name = "config"
    label = "lianxi_config"
