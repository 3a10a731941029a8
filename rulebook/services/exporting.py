"""Write what the tables hold as a pack again: rules of pack and staff word for word, values, terms, clauses, years.

Reading the folder gives the same rules (their hashes are equal) and loading it changes nothing. Confirmations by two
persons are written beside the pack, in `confirmations.yaml`: they belong to this installation, not to the law.
What the rulebook does not keep as rows (the pack's own card, regions, bodies, mandates) is copied as it was shipped.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext_lazy as _

from common.db.acting import acting_as
from common.errors import Refusal
from common.principal import Principal
from rulebook import packs
from rulebook.calendars import Calendar
from rulebook.home import home
from rulebook.models import (
    Clause,
    DeadlineRule,
    Instrument,
    ParameterValue,
    RuleVersion,
    SourceConfirmation,
    WorkingYear,
)
from rulebook.permissions import require_loader
from rulebook.selectors.calendars import working_calendar
from rulebook.selectors.confirmed import Moment

WRITTEN = ("instruments", "clauses", "parameters", "deadlines", "calendars", "rules", "confirmations")


@dataclass(frozen=True)
class PackExport:
    """Where a pack was written and how many entries of each kind it holds."""

    pack: str
    folder: Path
    counts: Mapping[str, int]


class _Dumper(yaml.SafeDumper):
    """Two languages stay readable; the same object twice is written twice, not as a reference."""

    def ignore_aliases(self, data: Any) -> bool:
        """No anchors."""
        return True


def pack_export(*, actor: Principal, to: Path, pack: str = "", known_at: Moment = None) -> PackExport:
    """Write the rows of a pack to `<to>/<pack>/`, as they are known now or were known at a moment.

    Refuses a folder that already holds something, and a pack of which nothing was known then.
    """
    require_loader(actor)
    name = pack or home().pack
    folder = to / name
    if folder.exists() and any(folder.iterdir()):
        raise Refusal(
            "export.folder_not_empty",
            _("The folder %(folder)s is not empty.") % {"folder": folder},
            cure=_("Choose another folder, or remove this one."), status=409,
        )
    with acting_as(actor):
        until = {"created_at__lte": known_at} if known_at else {}
        if not RuleVersion.objects.filter(pack=name, **until).exists():
            raise Refusal(
                "export.pack_unknown", _("The pack %(pack)s has not been loaded.") % {"pack": name},
                cure=_("Load it first: manage.py rulebook load."), status=404,
            )
        kinds = (_instruments, _clauses, _parameters, _deadlines, _calendars)
        files = {path: data for kind in kinds for path, data in kind(name, known_at).items()}
        rules, marks = _rules(name, known_at), _confirmations(name, known_at)
    _copy(name, folder)
    texts = {path: _yaml(data) for path, data in {**files, **marks}.items()} | rules
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    confirmed = marks["confirmations.yaml"]["confirmations"] if marks else ()
    return PackExport(name, folder, {"files": len(texts), "rules": len(rules), "confirmations": len(confirmed)})


def _copy(name: str, folder: Path) -> None:
    """Files without rows of the rulebook; a pack that is not shipped has none."""
    folder.mkdir(parents=True, exist_ok=True)
    for source in sorted(packs.pack_path(name).iterdir()) if name in packs.pack_names() else ():
        if source.is_dir() and source.name not in WRITTEN:
            shutil.copytree(source, folder / source.name)
        elif source.is_file() and source.stem not in WRITTEN:
            shutil.copyfile(source, folder / source.name)


def _yaml(data: Any) -> str:
    return yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)


def _without_none(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None and value not in ((), [], "")}


def _title(row: Any) -> dict[str, str]:
    return {"zh": row.title_zh, "en": row.title_en}


def _basis(basis: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in basis.items() if name != "article_verified" or value}
    return _without_none(kept)


def _instruments(pack: str, known_at: Moment) -> dict[str, Any]:
    rows = [
        _without_none({
            "key": row.key, "title": _title(row), "issuers": row.issuers or None, "announced": row.announced,
            "from": row.valid_from, "to": row.valid_to, "note": row.note,
        }) | {
            "issuers": row.issuers, "document_number": row.document_number, "text_status": row.text_status,
            "dates_verified": row.verified,
        }
        for row in Instrument.objects.known(known_at).filter(pack=pack).order_by("key")
    ]  # fmt: skip
    return {"instruments.yaml": {"instruments": rows}}


def _clauses(pack: str, known_at: Moment) -> dict[str, Any]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in Clause.objects.known(known_at).filter(pack=pack).placed().order_by("instrument", "place"):
        found.setdefault(row.instrument, []).append(_without_none({
            "article": row.article, "facts": row.facts, "kind": row.kind, "subject": row.subject,
            "lines": row.business_lines, "title": _title(row), "text": {"zh": row.text_zh, "en": row.text_en},
            "from": row.valid_from, "to": row.valid_to, "verified": row.verified,
            "article_verified": row.article_verified, "text_status": row.text_status, "note": row.note,
        }))  # fmt: skip
    return {f"clauses/{key}.yaml": {"instrument": key, "clauses": rows} for key, rows in found.items()}


def _parameters(pack: str, known_at: Moment) -> dict[str, Any]:
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for row in ParameterValue.objects.known(known_at).filter(pack=pack).order_by("key", "valid_from"):
        entry = found.setdefault(row.key.partition(".")[0], {}).setdefault(row.key, {
            "key": row.key, "title": _title(row), "type": row.value_type, "unit": row.unit, "values": [],
        })  # fmt: skip
        value = {"from": row.valid_from, "to": row.valid_to, "value": row.value}
        entry["values"].append(_without_none(value) | {"basis": _basis(row.basis)})
    return {f"parameters/{name}.yaml": {"parameters": list(rows.values())} for name, rows in found.items()}


def _deadlines(pack: str, known_at: Moment) -> dict[str, Any]:
    rows = [
        _without_none({
            "key": row.key, "title": _title(row), "lines": None if row.scope == "*" else row.scope.split(","),
            "from": row.valid_from, "to": row.valid_to, "start_event": row.start_event,
        }) | {
            "amount": row.amount, "unit": row.unit, "calendar": row.calendar,
            "pause_events": [{"from": one["start"], **_pause(one)} for one in row.pause_events],
            "extensions": row.extensions, "met_by": row.met_by, "rolls": row.rolls, "basis": _basis(row.basis),
        }
        for row in DeadlineRule.objects.known(known_at).filter(pack=pack).order_by("key", "valid_from", "scope")
    ]  # fmt: skip
    return {"deadlines.yaml": {"deadlines": rows}}


def _pause(pause: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in pause.items() if name != "start"}


def _calendars(pack: str, known_at: Moment) -> dict[str, Any]:
    keys = WorkingYear.objects.filter(pack=pack).order_by("calendar").values_list("calendar", flat=True).distinct()
    found = {key: working_calendar(key, pack, known_at) for key in keys}
    return {f"calendars/{key}.yaml": _calendar(key, calendar) for key, calendar in found.items() if calendar.years}


def _calendar(key: str, calendar: Calendar) -> dict[str, Any]:
    years = [
        {
            "year": row.year, **_without_none({"notice": row.notice}), "notice_verified": row.notice_verified,
            "holidays": {day: dict(name) for day, name in sorted(row.holidays.items())},
            "workdays": sorted(row.workdays),
        }
        for row in sorted(calendar.years.values(), key=lambda row: row.year)
    ]
    return {"calendar": key, "title": dict(calendar.title), "zone": calendar.zone, "years": years}


def _rules(pack: str, known_at: Moment) -> dict[str, str]:
    """The newest text of every rule, word for word; a rule that was withdrawn has none."""
    rows: Iterable[RuleVersion] = RuleVersion.objects.newest(known_at).filter(pack=pack).order_by("rule_id")
    return {f"rules/{row.subject or row.kind}/{row.rule_id}.yaml": row.source_text for row in rows}


def _confirmations(pack: str, known_at: Moment) -> dict[str, Any]:
    rows = [
        {
            "kind": row.kind, "key": row.key, "fingerprint": row.fingerprint, "link": row.link, "note": row.note,
            "text_status": row.text_status, "first_by": row.first_by, "first_at": row.first_at.isoformat(),
            "second_by": row.second_by, "second_at": row.second_at.isoformat() if row.second_at else None,
        }
        for row in SourceConfirmation.objects.standing(known_at).filter(pack=pack).order_by("kind", "key")
    ]
    return {"confirmations.yaml": {"confirmations": rows}} if rows else {}
