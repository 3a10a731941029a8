"""Which apps offer a door."""

from importlib.util import find_spec


def present(*apps: str, door: str) -> list[str]:
    """The `<app>.<door>` modules that exist, in the given order."""
    names = [f"{app}.{door}" for app in apps]
    return [name for name in names if _exists(name)]


def _exists(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False
