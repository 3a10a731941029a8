"""Where the command finds its address, key and key id: flags, then environment, then the configuration file."""

import json
import os
import tempfile
import tomllib
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lianxi_filer.problems import FilerProblem

FIELDS = ("url", "key", "key_id", "platform", "language", "server_key")
_ENVIRONMENT = {name: f"LIANXI_FILER_{name.upper()}" for name in FIELDS}


@dataclass(frozen=True)
class Configuration:
    """What the command works with. `key` is a path; `platform` is the own register id, kept for show.

    `server_key` is the authority's published key for receipts (base64).
    """

    path: Path
    url: str = ""
    key: str = ""
    key_id: str = ""
    platform: str = ""
    language: str = ""
    server_key: str = ""

    @property
    def key_path(self) -> Path:
        """The key file, by default beside the configuration."""
        return Path(self.key).expanduser() if self.key else self.path.parent / "key.pem"

    def required_url(self) -> str:
        """The address; refuses (`filer.no_address`) when none is set."""
        if not self.url:
            raise FilerProblem(
                "filer.no_address",
                "The address of the filing interface is not set",
                cure=f"Give --url, set {_ENVIRONMENT['url']}, or write url in {self.path}",
            )
        return self.url


def configuration_read(flags: Namespace, environment: Mapping[str, str]) -> Configuration:
    """Put flags, environment and file together. Refuses (`filer.configuration`) a file that is no TOML."""
    path = Path(
        flags.config or environment.get("LIANXI_FILER_CONFIG") or default_path(environment)
    ).expanduser()
    stored = _file(path)
    values = {
        name: str(getattr(flags, name, None) or environment.get(_ENVIRONMENT[name]) or stored.get(name, ""))
        for name in FIELDS
    }
    return Configuration(path=path, **{**values, "language": values["language"] or _locale(environment)})


def configuration_write(configuration: Configuration, **changes: str) -> None:
    """Store changed values in the file (mode 0600, replaced in one step)."""
    path = configuration.path
    values = {**_file(path), **changes}
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in values.items() if value]
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.writelines(lines)
    Path(temporary).replace(path)


def default_path(environment: Mapping[str, str]) -> Path:
    """~/.config/lianxi-filer/config.toml, or below XDG_CONFIG_HOME."""
    home = environment.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(home).expanduser() / "lianxi-filer" / "config.toml"


def _file(path: Path) -> dict[str, str]:
    try:
        stored = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise FilerProblem(
            "filer.configuration",
            f"{path} cannot be read",
            detail=str(error),
            cure="Correct or remove the file",
        ) from error
    return {name: value for name, value in stored.items() if name in FIELDS and isinstance(value, str)}


def _locale(environment: Mapping[str, str]) -> str:
    locale = environment.get("LC_ALL") or environment.get("LC_MESSAGES") or environment.get("LANG") or ""
    return "zh" if locale.lower().startswith("zh") else "en"
