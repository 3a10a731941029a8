"""Everything on one case's page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cases.models import Case
from cases.selectors.queue import CaseRow, case_rows
from cases.selectors.wording import in_reader_language, reason_text
from cases.workflow import CASE_WORKFLOW
from common.principal import Principal
from common.transitions import TransitionRecord, transitions_of
from platforms import selectors as platforms
from regulators import selectors as regulators
from riskmodels import selectors as risk

MAX_FINDINGS = 40
PROVEN_FINDINGS = 5
ROWS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Note:
    """A note as shown."""

    at: datetime
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class Proof:
    """The first rows of a finding's evidence file."""

    columns: list[str]
    rows: list[list[Any]]


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """A finding with what proves it, words in the reader's language."""

    title: str
    severity: str
    template: str
    period: str
    subject: str
    measured: str
    threshold: str
    count: int
    row_numbers: tuple[int, ...]
    instrument: str
    is_verified: bool
    evidence_sha256: str
    proof: Proof | None


@dataclass(frozen=True, slots=True)
class CaseFile:
    """The file of one case: reasons, evidence, reported beside recomputed, why this lead, history."""

    row: CaseRow
    platform: platforms.PlatformRef
    reasons: list[str]
    why: str
    decided_as_of: Any
    competence: str
    shared_with: list[str]
    evidence: list[EvidenceRow]
    evidence_total: int
    compared: list[platforms.ComparedIndicator]
    reconciliations: list[dict[str, Any]]
    score: risk.ScoreView | None
    warnings: list[risk.WarningView]
    history: list[TransitionRecord]
    notes: list[Note]
    verbs: tuple[str, ...]


def case_file(principal: Principal, case: Case) -> CaseFile:
    """The file of a case the reader may see; findings as far as the reader may see them."""
    findings = sorted(
        platforms.findings_of(case.platform_id),
        key=lambda finding: ("blocking", "major", "minor").index(finding.severity),
    )
    is_owner = case.owner_authority_id in principal.authority_ids
    return CaseFile(
        row=case_rows(principal, [case])[0],
        platform=platforms.platform_ref(case.platform_id),
        reasons=[reason_text(entry) for entry in case.summary],
        why=in_reader_language(case.why),
        decided_as_of=case.decided_as_of,
        competence=str(case.get_competence_display()),
        shared_with=[in_reader_language(ref.name) for ref in regulators.sharing_of("case", case.pk)],
        evidence=[
            _evidence(finding, with_proof=number < PROVEN_FINDINGS)
            for number, finding in enumerate(findings[:MAX_FINDINGS])
        ],
        evidence_total=len(findings),
        compared=platforms.recomputed_of(case.platform_id),
        reconciliations=platforms.reconciliations_of(case.platform_id),
        score=risk.score_of(case.platform_id),
        warnings=risk.warnings_latest(principal, platform_id=case.platform_id),
        history=transitions_of("case", case.pk),
        notes=[Note(note.created_at, note.author, note.text) for note in case.notes.all()],
        verbs=CASE_WORKFLOW.verbs_from(case.state) if is_owner else (),
    )


def _proof(evidence_key: str) -> Proof | None:
    """The rows that prove a finding; None when it has no file or the file has gone."""
    try:
        rows = platforms.evidence_rows(evidence_key, ROWS_SHOWN)
    except FileNotFoundError:
        return None
    return Proof(list(rows[0]), [list(row.values()) for row in rows]) if rows else None


def _evidence(finding: platforms.FindingRef, *, with_proof: bool) -> EvidenceRow:
    basis = finding.legal_basis
    instrument = basis.get("instrument") or ""
    if isinstance(instrument, dict):
        instrument = in_reader_language(instrument)
    article = basis.get("article") or ""
    return EvidenceRow(
        title=in_reader_language(finding.title),
        severity=finding.severity,
        template=finding.template,
        period=finding.period,
        subject=finding.subject,
        measured=finding.measured,
        threshold=finding.threshold,
        count=finding.count,
        row_numbers=finding.row_numbers,
        instrument=f"{instrument} {article}".strip(),
        is_verified=bool(basis.get("verified")),
        evidence_sha256=finding.evidence_sha256,
        proof=_proof(finding.evidence_key) if with_proof else None,
    )
