"""What a filer does with a filing: open it, send its content, submit it, withdraw it."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from analytics.contracts import Template
from analytics.contracts import template as contract_of
from common import clock
from common.errors import NotYours, Refusal
from common.ids import receipt_number
from common.jobs import job_enqueue
from common.outbox import event_emit
from common.principal import Principal
from common.signing import server_sign
from common.transitions import transition_apply
from platforms import events
from platforms.choices import DECIDED_STATES, MEDIA_TYPES, FilingState, PlatformKind, PlatformState
from platforms.facts import PROCESS_JOB, Period, period_of, process_key
from platforms.models import DepositoryAgreement, Filing, FilingReport, FilingRevision, Platform
from platforms.permissions import permits
from platforms.services.results import FilingSnapshot, StoredContent, Submission
from platforms.services.unit import unit_of_work
from platforms.workflow import FILING

_MAY_FILE = (PlatformState.REGISTERED, PlatformState.SUSPENDED)
_UNDECIDED = (FilingState.OPEN, FilingState.CONTENT_RECEIVED)


def filing_open(
    *, actor: Principal, template: str, period: str, subject: uuid.UUID | None = None, note: str = ""
) -> FilingSnapshot:
    """Open a filing for a template and a period, or a correction of one that was decided or withdrawn.

    Opening one that is still open gives the same filing. Refused: a filer that is not registered; a template,
    period or subject that does not fit; a bank without a depository agreement; a filing being checked.
    """
    contract = _contract(template)
    span = _period(contract, period)
    with unit_of_work(actor):
        filer = _filer(actor)
        about = _subject(contract, filer, subject, span)
        filing, is_new = _get_or_create(filer, about, contract.name, span, note)
        if not is_new and filing.state not in _UNDECIDED:
            filing = _correct(actor, filing, note)
        return _snapshot(filing, about)


def _contract(name: str) -> Template:
    try:
        return contract_of(name)
    except KeyError:
        raise Refusal(
            "filing.template",
            _("There is no such template."),
            field="template",
            status=422,
            cure=_("Choose a template listed at /api/v1/templates."),
        ) from None


def _period(contract: Template, code: str) -> Period:
    try:
        span = period_of(code)
    except ValueError:
        span = None
    if span is None or span.kind != contract.period_kind:
        raise Refusal(
            "filing.period",
            _("The period does not fit the template."),
            field="period",
            status=422,
            cure=_("Write a month as 2017-06, a quarter as 2017Q2, a day as 2017-06-30, as the template says."),
        )
    if span.last >= clock.today():
        raise Refusal(
            "filing.period_not_over",
            _("The period is not over yet."),
            field="period",
            status=422,
            cure=_("File after the last day of the period."),
        )
    return span


def _filer(actor: Principal) -> Platform:
    if actor.kind != "platform" or actor.platform_id is None:
        raise NotYours("platform")
    filer = Platform.objects.get(pk=actor.platform_id)
    if filer.state not in _MAY_FILE:
        raise Refusal(
            "platform.not_registered",
            _("The registration is not confirmed, or has ended."),
            status=403,
            cure=_("Wait for the authority's confirmation; the register shows the state."),
        )
    return filer


def _subject(contract: Template, filer: Platform, subject: uuid.UUID | None, span: Period) -> Platform:
    if contract.filer != filer.kind:
        raise Refusal(
            "filing.wrong_filer",
            _("This template is filed by the other kind of institution."),
            field="template",
            status=403,
            cure=_("Look up the templates you file at /api/v1/templates."),
        )
    if filer.kind == PlatformKind.PLATFORM:
        if subject not in {None, filer.public_id}:
            raise Refusal(
                "filing.subject",
                _("A platform files about itself only."),
                field="platform",
                status=422,
                cure=_("Leave the platform out."),
            )
        return filer
    return _client_of_bank(filer, subject, span)


def _client_of_bank(bank: Platform, subject: uuid.UUID | None, span: Period) -> Platform:
    if subject is None:
        raise Refusal(
            "filing.subject_missing",
            _("The statement does not say which platform it is about."),
            field="platform",
            status=422,
            cure=_("Name the platform by its identifier in the register."),
        )
    agreements = DepositoryAgreement.objects.in_force_within(span.first, span.last)
    agreement = agreements.filter(bank=bank, platform__public_id=subject).select_related("platform").first()
    if agreement is None:
        raise Refusal(
            "filing.no_depository_agreement",
            _("No depository agreement with this platform covers the period."),
            field="platform",
            status=403,
            cure=_("Ask the authority to record the agreement first."),
        )
    return agreement.platform


def _get_or_create(filer: Platform, about: Platform, template: str, span: Period, note: str) -> tuple[Filing, bool]:
    wanted: dict[str, Any] = {"platform": filer, "subject": about, "template": template, "period": span.code}
    found = Filing.objects.select_for_update().filter(**wanted).first()
    if found is not None:
        return found, False
    try:
        with transaction.atomic():
            filing = Filing.objects.create(**wanted, period_end=span.last)
            FilingRevision.objects.create(filing=filing, number=1, note=note)
    except IntegrityError:
        return Filing.objects.select_for_update().get(**wanted), False
    return filing, True


def _correct(actor: Principal, filing: Filing, note: str) -> Filing:
    if filing.state in {FilingState.SUBMITTED, FilingState.PROCESSING}:
        raise Refusal(
            "filing.in_progress",
            _("The filing is being checked."),
            field="period",
            cure=_("Wait for the result, then open it again to correct it."),
        )
    filing = transition_apply(actor=actor, workflow=FILING, model=Filing, pk=filing.pk, verb="correct", permits=permits)
    filing.revision_number += 1
    filing.save(update_fields=["revision_number"])
    FilingRevision.objects.create(filing=filing, number=filing.revision_number, note=note)
    return filing


def _snapshot(filing: Filing, about: Platform) -> FilingSnapshot:
    return FilingSnapshot(
        filing_id=filing.pk,
        public_id=filing.public_id,
        template=filing.template,
        period=filing.period,
        period_end=filing.period_end,
        revision=filing.revision_number,
        state=str(filing.state),
        subject=about.public_id,
    )


def _own_filing(actor: Principal, public_id: uuid.UUID) -> tuple[Filing, FilingRevision]:
    """Lock the actor's filing and read its current revision; a foreign one does not exist."""
    filing = Filing.objects.select_for_update().filed_by(actor.platform_id).filter(public_id=public_id).first()
    if filing is None or actor.kind != "platform":
        raise NotYours("filing")
    return filing, FilingRevision.objects.get(filing=filing, number=filing.revision_number)


def filing_store_content(
    *, actor: Principal, filing_id: uuid.UUID, staged_key: str, sha256: str, size: int, media_type: str
) -> StoredContent:
    """Attach content that was already written to staging and hashed. Until submission it may be replaced.

    The same bytes twice give the same answer. Refused: an empty file, an unknown media type, a filing that was
    submitted. The caller removes the staged file on refusal, and `discard_key` after commit.
    """
    _check_content(size, media_type)
    with unit_of_work(actor):
        filing, revision = _own_filing(actor, filing_id)
        if revision.content_sha256 == sha256 and revision.media_type == media_type:
            return StoredContent(sha256, size, str(filing.state), discard_key=staged_key)
        if filing.state not in _UNDECIDED:
            raise Refusal(
                "filing.closed",
                _("The filing was submitted; its content can no longer change."),
                cure=_("Open the filing again to send a correction."),
            )
        former = revision.staged_key
        revision.staged_key, revision.content_sha256 = staged_key, sha256
        revision.content_bytes, revision.media_type = size, media_type
        _attach(actor, revision)
        return StoredContent(sha256, size, str(FilingState.CONTENT_RECEIVED), discard_key=former)


def _check_content(size: int, media_type: str) -> None:
    if media_type not in MEDIA_TYPES:
        raise Refusal(
            "content.media_type",
            _("Content of this type is not accepted."),
            field="Content-Type",
            status=415,
            cure=_("Send text/csv; charset=utf-8, application/gzip or application/vnd.apache.parquet."),
        )
    if size <= 0:
        raise Refusal(
            "content.empty",
            _("The file is empty."),
            field="content",
            status=422,
            cure=_("Send a header line and at least one row."),
        )


def _attach(actor: Principal, revision: FilingRevision) -> None:
    transition_apply(actor=actor, workflow=FILING, model=Filing, pk=revision.filing_id, verb="receive", permits=permits)
    revision.state = FilingState.CONTENT_RECEIVED
    revision.save(update_fields=["staged_key", "content_sha256", "content_bytes", "media_type", "state"])


def filing_submit(*, actor: Principal, filing_id: uuid.UUID) -> Submission:
    """Submit a filing: state, signed receipt, check job and event in one transaction.

    Refused: nothing sent yet; already submitted; the same content as the revision decided before.
    """
    with unit_of_work(actor):
        filing, revision = _own_filing(actor, filing_id)
        _check_submittable(filing, revision)
        transition_apply(
            actor=actor,
            workflow=FILING,
            model=Filing,
            pk=filing.pk,
            verb="submit",
            permits=permits,
            guards={"is_new_content": lambda _filing: _check_new_content(revision)},
        )
        receipt = _seal(filing, revision, actor)
        job_id = job_enqueue(
            kind=PROCESS_JOB,
            key=process_key(filing.pk, revision.number),
            args={"filing_id": filing.pk, "revision": revision.number},
            queue="filing",
        )
        event_emit(events.FILING_SUBMITTED, _announcement(filing))
        submitted_at = revision.submitted_at or clock.now()
        return Submission(filing.pk, revision.number, str(FilingState.SUBMITTED), job_id, receipt, submitted_at)


def _check_submittable(filing: Filing, revision: FilingRevision) -> None:
    if filing.state == FilingState.OPEN:
        raise Refusal(
            "filing.no_content",
            _("Nothing was sent for this filing yet."),
            field="content",
            cure=_("Send the file to /api/v1/filings/{id}/content first."),
        )
    if filing.state != FilingState.CONTENT_RECEIVED:
        raise Refusal(
            "filing.duplicate",
            _("This revision was already submitted."),
            field="content",
            cure=_("Read its receipt and findings; open the filing again to correct it."),
            errors=[{"field": "receipt", "code": "filing.duplicate", "message": revision.receipt_number or ""}],
        )


def _check_new_content(revision: FilingRevision) -> None:
    before = (
        FilingRevision.objects.filter(
            filing_id=revision.filing_id, number__lt=revision.number, state__in=DECIDED_STATES
        )
        .order_by("-number")
        .first()
    )
    if before is not None and before.content_sha256 == revision.content_sha256:
        raise Refusal(
            "filing.duplicate_content",
            _("This is the same file as the revision decided before."),
            field="content",
            cure=_("Send a corrected file, or withdraw this revision."),
        )


def _seal(filing: Filing, revision: FilingRevision, actor: Principal) -> dict[str, Any]:
    revision.submitted_at, revision.known_at = clock.now(), clock.real_now()
    revision.receipt_number = receipt_number()
    revision.state = FilingState.SUBMITTED
    revision.save(update_fields=["submitted_at", "known_at", "receipt_number", "state"])
    receipt: dict[str, Any] = server_sign(
        {
            "receipt": revision.receipt_number,
            "filing": str(filing.public_id),
            "filer": actor.label,
            "template": filing.template,
            "period": filing.period,
            "revision": revision.number,
            "sha256": revision.content_sha256,
            "bytes": revision.content_bytes,
            "submitted_at": revision.submitted_at.isoformat(),
            "known_at": revision.known_at.isoformat(),
        }
    )
    FilingReport.objects.create(revision=revision, receipt=receipt)
    return receipt


def _announcement(filing: Filing) -> dict[str, Any]:
    return {
        "filing_id": filing.pk,
        "platform_id": filing.subject_id,
        "template": filing.template,
        "period": filing.period,
        "revision": filing.revision_number,
    }


def filing_withdraw(*, actor: Principal, filing_id: uuid.UUID, note: str = "") -> str:
    """Withdraw a revision before it is submitted; an accepted earlier revision stays in force.

    Returns the staged file to remove after commit, or "". Refused once submitted.
    """
    with unit_of_work(actor):
        filing, revision = _own_filing(actor, filing_id)
        transition_apply(
            actor=actor, workflow=FILING, model=Filing, pk=filing.pk, verb="withdraw", permits=permits, note=note
        )
        discard, revision.staged_key = revision.staged_key, ""
        revision.state = FilingState.WITHDRAWN
        revision.save(update_fields=["staged_key", "state"])
        return discard
