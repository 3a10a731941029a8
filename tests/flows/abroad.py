"""One day in the life of an installation of another country, in a process of its own: settings read LIANXI_PACK once.

`python -m tests.flows.abroad` prints what happened as JSON. The database is fresh: migrated and nothing else.
"""

import io
import json
import os
from datetime import date, datetime
from typing import Any

import django

DAY = date(2020, 6, 15)
PLACES = {"in": "270000", "id": "310000"}  # a state, a province
BODIES = {"in": "RBI", "id": "OJK"}
DAYS = {"in": DAY, "id": date(2024, 6, 17)}


def main() -> dict[str, Any]:
    """Load, ask who leads, file, find, complain, meet; then try to bring in the bodies of a second country."""
    from common import clock
    from common.db.acting import acting_as
    from common.principal import system_principal
    from rulebook.home import home

    pack = home().pack
    with acting_as(system_principal("test")):
        told = {"pack": pack, "zone": str(clock.LEGAL_ZONE), "currency": home().currency}
        told |= _load()
        with clock.frozen(datetime.combine(DAYS[pack], datetime.min.time().replace(hour=10), clock.LEGAL_ZONE)):
            told |= _supervision(pack)
            told |= _work(pack)
            told |= _meeting(pack)
    return {**told, **_pages(), **_second_country()}


def _command(*words: str) -> str:
    from django.core.management import call_command

    out = io.StringIO()
    call_command("rulebook", *words, stdout=out)
    return out.getvalue()


def _load() -> dict[str, Any]:
    first, second = _command("load"), _command("load")
    return {"first": " 0 added" in first.splitlines()[0], "second": sorted({line.split(":")[1].split(",")[0].strip()
            for line in second.splitlines()})}  # fmt: skip


def _supervision(pack: str) -> dict[str, Any]:
    from regulators.selectors import competent_authorities, coverage

    found = coverage(DAYS[pack])
    lead = competent_authorities("p2p_lending", "conduct", PLACES[pack], DAYS[pack]).lead
    return {
        "lead": lead.code if lead else None,
        "overlaps": len(found.overlaps),
        "gaps": sorted({(line, role) for box in found.gaps for line in box.lines for role in box.roles
                        if line == "p2p_lending"}),
    }  # fmt: skip


def _work(pack: str) -> dict[str, Any]:
    """A platform files a book with one loan beyond the law; a consumer complains."""
    from common.jobs import jobs_drain
    from common.outbox import events_drain
    from complaints.models import ComplaintClock
    from platforms.models import Finding
    from regulators.models import Authority
    from tests.factories import complaints, platforms

    filer = platforms.filer(region=PLACES[pack])
    period = f"{DAYS[pack]:%Y-%m}".replace("-06", "-05")
    content = platforms.csv_of(_loan(pack, period))
    filing = filer.file(content, "loan_book", period)
    jobs_drain()
    events_drain()
    complaint = complaints.filed(platform_id=filer.of.platform_id, region=PLACES[pack])
    bodies = dict(Authority.objects.values_list("pk", "code"))
    clocks = ComplaintClock.objects.filter(complaint_id=complaint.id).order_by("key")
    return {
        "state": platforms.state_of(filing),
        "findings": sorted((row.rule_id, bodies[row.owner_authority_id]) for row in Finding.objects.all()),
        "complaint_goes_to": bodies[complaints.row_of(complaint).owner_authority_id],
        "clocks": [(row.key, row.due_on.isoformat()) for row in clocks],
    }


def _loan(pack: str, period: str) -> dict[str, Any]:
    from tests.factories import platforms

    beyond: dict[str, Any] = {"in": {"term_months": 37}, "id": {
        "principal_amount": "2000000001.00", "outstanding_principal": "2000000001.00"}}[pack]
    return platforms.loan(currency={"in": "INR", "id": "IDR"}[pack], issue_month=period, **beyond)


def _meeting(pack: str) -> dict[str, Any]:
    from common.principal import system_principal
    from regulators import services
    from regulators.selectors import meeting_convenor

    quarter = f"{DAYS[pack].year}Q3"
    meeting = services.meeting_open(actor=system_principal("test"), quarter=quarter)
    convenor = meeting_convenor(DAYS[pack])
    return {"convenor": convenor.code if convenor else None, "meeting": bool(meeting)}


def _pages() -> dict[str, Any]:
    from django.test import Client

    seen = {}
    for language in ("zh-hans", "en"):
        client = Client(headers={"accept-language": language})
        for path in ("/", "/rules/", "/rules/instruments/", "/supervision/", "/platforms/", "/complaints/new/"):
            seen[f"{language} {path}"] = client.get(path, follow=True).status_code
    return {"pages": seen}


def _second_country() -> dict[str, Any]:
    from common.db.acting import acting_as
    from common.errors import Refusal
    from common.principal import system_principal
    from regulators import services
    from regulators.models import Authority, Region

    actor = system_principal("test")
    with acting_as(actor):
        law = _command("load", "cn").splitlines()[-1]
        before = (Authority.objects.count(), Region.objects.count())
        try:
            services.authorities_load(actor=actor, pack="cn")
            refused, cure = "", ""
        except Refusal as refusal:
            refused, cure = refusal.code, str(refusal.cure)
        unchanged = (Authority.objects.count(), Region.objects.count()) == before
    return {"law_of_another": law, "refused": refused, "cure": cure, "unchanged": unchanged}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    print(json.dumps(main(), ensure_ascii=False))
