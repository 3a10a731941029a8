"""Write entries as versions: what changed is retired and written anew, what is gone is retired, nothing is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common.models import KeptRow

Row = dict[str, Any]


@dataclass(frozen=True)
class Counts:
    """What a load did: entries new, with a new version, retired, as before, and left because staff made them."""

    created: int = 0
    changed: int = 0
    retired: int = 0
    unchanged: int = 0
    kept: int = 0

    @property
    def changes(self) -> int:
        """Entries that are not as they were."""
        return self.created + self.changed + self.retired

    def __add__(self, other: Counts) -> Counts:
        """Add counts up."""
        return Counts(**{name: value + getattr(other, name) for name, value in vars(self).items()})


def _is_ours(known: Any) -> bool:
    return True


def _as_given(known: Any, row: Row) -> Row:
    return row


def versions_store(
    model: type[KeptRow], key: tuple[str, ...], rows: Iterable[Row], *, stored: Iterable[Any], moment: datetime,
    is_ours: Callable[[Any], bool] = _is_ours, carried: Callable[[Any, Row], Row] = _as_given,
) -> Counts:
    """Make the living rows `stored` say what `rows` say, matched by `key`; one moment ends the old and begins the new.

    Rows for which `is_ours` is false are neither replaced nor retired. `carried` gives the row to write when an entry
    is known already (what a person confirmed there stays). In the caller's transaction, after the caller's lock.
    """
    living = {tuple(getattr(row, name) for name in key): row for row in stored}
    added: list[Row] = []
    changed: list[tuple[Any, Row]] = []
    unchanged = kept = 0
    for row in rows:
        known = living.pop(tuple(row[name] for name in key), None)
        if known is None:
            added.append(row)
        elif not is_ours(known):
            kept += 1
        elif _differs(known, wanted := carried(known, row)):
            changed.append((known, wanted))
        else:
            unchanged += 1
    dropped = [row for row in living.values() if is_ours(row)]
    _write(model, [*(old for old, _new in changed), *dropped], [*(new for _old, new in changed), *added], moment)
    return Counts(len(added), len(changed), len(dropped), unchanged, kept)


def _differs(known: Any, row: Mapping[str, Any]) -> bool:
    return any(getattr(known, name) != value for name, value in row.items())


def _write(model: type[KeptRow], old: list[Any], new: list[Row], moment: datetime) -> None:
    manager: Any = model.objects  # type: ignore[attr-defined]
    if old:
        manager.filter(pk__in=[row.pk for row in old]).update(retired_at=moment)
    manager.bulk_create([model(created_at=moment, **row) for row in new])
