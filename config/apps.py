"""The wiring app: it owns commands that join several apps, and nothing else."""

from django.apps import AppConfig


class ConfigApp(AppConfig):
    """Registers the management commands of `config`."""

    name = "config"
    label = "lianxi_config"

    def ready(self) -> None:
        """Register the handler of periodic work."""
        from config import periodic  # noqa: F401
