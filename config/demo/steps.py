"""The main path, step by step (DESIGN section 2), for a generated quarter or for real data."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import close_old_connections

from cases import services as cases
from common import clock
from common.db.acting import acting_as
from common.models import Job, OutboxEvent
from common.principal import Principal, system_principal
from complaints import selectors as complaint_reads
from complaints import services as complaints
from config.demo import lines, market, people
from config.demo.doors import Applicant, Browser, Filer, register_all, send_all
from config.demo.market import DemoFiling
from config.demo.progress import Progress
from platforms import selectors as platform_reads
from platforms import services as platforms
from regulators import selectors as regulator_reads
from regulators import services as regulators
from riskmodels import services as riskmodels
from selfdiscipline import services as selfdiscipline

FILING_DAY = datetime(2017, 7, 10, 9, 0, tzinfo=clock.LEGAL_ZONE)
COMPLAINT_DAY = datetime(2020, 12, 1, 9, 0, tzinfo=clock.LEGAL_ZONE)
QUIET_SECONDS = 180
ASSOCIATION = "DEMO-NIFA"
SERIES = "demo-member-turnover"


@dataclass
class Demo:
    """What the steps share."""

    base_url: str
    progress: Progress
    source: str = "generated"
    facts: dict[str, Any] = field(default_factory=dict)
    clients: dict[str, Filer] = field(default_factory=dict)
    consumer: dict[str, str] = field(default_factory=dict)


def system() -> Principal:
    """The demo's own principal."""
    return system_principal("demo")


def pin(moment: datetime) -> None:
    """Move business time for every process and wait until they have noticed."""
    with acting_as(system()):
        clock.pin(moment)
    time.sleep(clock.CACHE_SECONDS + 0.2)


def applicants(*others: market.Firm) -> list[Applicant]:
    """The generated market and other firms as applicants: banks first, because agreements need them."""
    return [
        Applicant(
            firm.code, firm.name, f"{firm.name}信息服务有限公司（虚构）",
            "bank" if firm.story == "bank" else "platform", firm.line, firm.region,
        )
        for firm in (*market.BANKS, *market.FIRMS, *lines.FIRMS, *others)
    ]


def register(demo: Demo, wanted: list[Applicant]) -> None:
    """Registration by signed API request, then the officer's confirmation."""
    with demo.progress.step("register", len(wanted)) as step:
        demo.clients = register_all(demo.base_url, wanted, lambda n: demo.progress.advance(step, n))
    with demo.progress.step("confirm registrations", len(wanted)) as step:
        actor = system()  # each province's office would confirm its own; the demo has no officer in every province
        for number, applicant in enumerate(wanted, start=1):
            _confirm(actor, applicant)
            demo.progress.advance(step, number)


def _confirm(actor: Principal, applicant: Applicant) -> None:
    with acting_as(actor):
        ref = platform_reads.platform_by_external_ref(applicant.code)
        if ref is not None and ref.state == "pending":
            platforms.platform_confirm(actor=actor, platform_id=ref.id, registered_on=date(2017, 1, 3))


def agreements() -> None:
    """Who keeps whose client money."""
    with acting_as(system()) as actor:
        for firm in market.FIRMS:
            platform = platform_reads.platform_by_external_ref(firm.code)
            bank = platform_reads.platform_by_external_ref(firm.bank)
            if platform and bank and firm.line == "p2p_lending":
                platforms.depository_agreement_record(
                    actor=actor, platform_id=platform.id, bank_id=bank.id, in_force_from=date(2017, 1, 3)
                )


def send_only(demo: Demo, files: list[DemoFiling], what: str) -> int:
    """File by signed requests without waiting for verdicts; returns what was new."""
    with demo.progress.step(f"file by signed requests {what}", len(files)) as step:
        return send_all(demo.clients, files, lambda n: demo.progress.advance(step, n)).sent


def file_all(demo: Demo, files: list[DemoFiling], what: str = "") -> None:
    """Every file through the REST API, then until the last verdict."""
    started = time.monotonic()
    with demo.progress.step(f"file by signed requests {what}".strip(), len(files)) as step:
        sent = send_all(demo.clients, files, lambda n: demo.progress.advance(step, n))
    with demo.progress.step(f"check, reconcile, recompute {what}".strip(), sent.sent) as step:
        wait_until_quiet(lambda waiting: demo.progress.advance(step, max(0, sent.sent - waiting)))
    demo.facts["filing"] = {
        "sent": sent.sent, "known": sent.known, "first_request_to_last_verdict_s": round(time.monotonic() - started, 1)
    }


def wait_until_quiet(tick: Callable[[int], None] = lambda waiting: None) -> None:
    """Until no job waits or runs and no event is open. Fails when nothing has moved for three minutes."""
    before, moved = -1, time.monotonic()
    while time.monotonic() < moved + QUIET_SECONDS:
        close_old_connections()
        with acting_as(system()):
            jobs = Job.objects.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING]).count()
            events = OutboxEvent.objects.filter(closed_at__isnull=True).count()
            failed = list(Job.objects.filter(state=Job.State.FAILED).values_list("kind", "key", "error")[:3])
        if failed:
            raise RuntimeError(f"Background work failed: {failed}. See `manage.py jobs status` and the worker's log.")
        tick(jobs)
        if jobs + events != before:
            before, moved = jobs + events, time.monotonic()
        if not jobs and not events:
            return
        time.sleep(0.5)
    raise TimeoutError("Background work did not come to an end; see `manage.py jobs status` and .run/logs.")


def score(demo: Demo) -> None:
    """Fit the platform model (real panel when present), then score through Celery."""
    with demo.progress.step("fit the platform model"), acting_as(system()):
        shared = settings.SHARED_DATA if settings.SHARED_DATA.exists() else None
        riskmodels.model_ensure(actor=system(), shared_data=shared, reason="demo: nobody else is here to approve")
    with demo.progress.step("score platforms") as step:
        with acting_as(system()) as actor:
            ids = [ref.id for ref in platform_reads.platform_refs().values() if ref.kind == "platform"]
            riskmodels.score_request(actor=actor, platform_ids=ids, reason="quarter")
        wait_until_quiet()
        step.done = step.total = len(ids)


def associate(demo: Demo) -> None:
    """The association, its members and one statistical series."""
    with demo.progress.step("association and indicators"), acting_as(system()) as actor:
        selfdiscipline.association_create(
            actor=actor, code=ASSOCIATION, name_zh="示范互联网金融协会", name_en="Demo internet finance association"
        )
        members = [ref for ref in platform_reads.platform_refs().values() if ref.kind == "platform"]
        for ref in sorted(members, key=lambda item: item.external_ref or "")[:40]:
            if ref.state == "registered":
                selfdiscipline.member_admit(actor=actor, association_code=ASSOCIATION, platform_id=ref.id)
        selfdiscipline.series_define(
            actor=actor, code=SERIES, association_code=ASSOCIATION,
            name_zh="会员月成交额", name_en="Monthly turnover of members",
        )
        for month in market.MONTHS:
            selfdiscipline.indicator_compute(actor=actor, series_code=SERIES, period=month)


def meet(demo: Demo) -> None:
    """The quarter's joint meeting with an agenda proposed from cases and from the mandate table."""
    with demo.progress.step("joint meeting"), acting_as(people.principal("secretariat")) as actor:
        opened = regulators.meeting_open(actor=actor, quarter=market.QUARTER)
        if regulator_reads.meeting_facts(opened).state == "preparing":
            cases.agenda_propose_from_cases(actor=system(), quarter=market.QUARTER)


@dataclass(frozen=True)
class Grievance:
    """What a consumer of the demo complains about, and on which day."""

    name: str
    day: datetime
    firm: str
    words: dict[str, str]
    is_complex: bool = False


MORE_TIME = "示范：需要核对三年的扣款明细，延长十五日。 / Demo: three years of debits have to be compared."
GRIEVANCES = (
    Grievance("lending", FILING_DAY, "DEMO-11", {
        "platform_query": "示范·沙河网贷", "category": "payment_delayed", "happened_on": "2017-07-03",
        "narrative": "示范投诉：到期本息已申请提现七天仍未到账，客服只说系统升级，希望尽快兑付。", "amount": "52000.00",
    }),
    Grievance("consumer", COMPLAINT_DAY, "DEMO-14", {
        "platform_query": "示范消费金融", "category": "fees", "happened_on": "2020-11-20",
        "narrative": "示范投诉：提前还款后仍被扣收当期利息，客服两周没有答复，希望退回多收的利息。", "amount": "380.50",
    }, is_complex=True),
)


def complain(demo: Demo) -> None:
    """Consumers fill in the public form: on 2017-07-10, and on 2020-12-01, when the fifteen-day clock is law.

    Business time goes back to 2017-07-10 afterwards, so that the desk shows the quarter's own deadlines.
    """
    for grievance in GRIEVANCES:
        pin(grievance.day)
        with demo.progress.step(f"consumer complaint of {grievance.day:%Y-%m-%d}"):
            demo.consumer = people.demo_note(grievance.name) or _complain(demo, grievance)
            _forward_complaints()
            if grievance.is_complex:
                _grant_more_time(grievance)
    pin(FILING_DAY)


def _complain(demo: Demo, grievance: Grievance) -> dict[str, str]:
    page = Browser(demo.base_url).post("/complaints/new/", {
        **grievance.words, "platform": demo.clients[grievance.firm].public_id,
        "contact_channel": "email", "contact_address": "test.user@consumer.example", "action": "send",
    })
    receipt = receipt_on(page)
    people.demo_note_store(grievance.name, receipt)
    wait_until_quiet()
    return receipt


def _forward_complaints() -> None:
    """The officer of the body in charge on the day sends them on; by 2020 that is the commission's successor."""
    with acting_as(people.principal("officer.banking")) as officer:
        waiting = {clock.complaint_id for clock in complaint_reads.open_clocks(officer) if clock.state == "routed"}
        for complaint_id in waiting:
            complaints.complaint_forward(actor=officer, complaint_id=complaint_id)


def _newest(clock: complaint_reads.OpenClock) -> int:
    return clock.complaint_id


def _grant_more_time(grievance: Grievance) -> None:
    """A supervisor extends the clock of a complex complaint by the fifteen days the law allows; once."""
    note = f"{grievance.name} extended"
    if people.demo_note(note):
        return
    with acting_as(people.principal("officer.banking")) as officer:
        own = max((c for c in complaint_reads.open_clocks(officer) if c.clock == "first_answer"), key=_newest)
        until = complaints.clock_extend(actor=officer, complaint_id=own.complaint_id, reason=MORE_TIME)
    people.demo_note_store(note, {"until": until})


def receipt_on(page: str) -> dict[str, str]:
    """The receipt number that the page shows once."""
    words = re.sub(r"</span>-?<span>", "-", page)
    found = re.search(r"\b([0-9A-Z]{4}(?:-[0-9A-Z]{4}){4})\b", words)
    if found is None:
        said = re.sub(r"<[^>]+>|\s+", " ", page)[:800]
        raise RuntimeError(f"The complaint form gave no receipt; its page said: {said}")
    return {"receipt": found.group(1)}
