"""Which apps offer a door."""

from importlib.util import find_spec

from django.apps import apps as registry


def present(*apps: str, door: str) -> list[str]:
    """The `<app>.<door>` modules that exist, in the given order."""
    names = [f"{app}.{door}" for app in apps if registry.is_installed(app) or _by_config(app)]
    return [name for name in names if _exists(name)]


def _by_config(app: str) -> bool:
    return any(config.name == app for config in registry.get_app_configs())


def _exists(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False
