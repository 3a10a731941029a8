"""Everything on one case's page."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from cases.choices import CaseState
from cases.models import Case
from cases.permissions import permits
from cases.selectors.queue import CaseRow, case_rows
from cases.selectors.wording import in_reader_language, indicator_title, reason_text, template_title
from cases.workflow import CASE_WORKFLOW
from common.principal import Principal
from common.transitions import transitions_of
from complaints import selectors as complaints
from platforms import selectors as platforms
from regulators import selectors as regulators
from riskmodels import selectors as risk
from rulebook import selectors as rulebook

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
class Step:
    """A step of the history, words in the reader's language."""

    at: datetime
    source: str
    target: str
    actor: str
    note: str
    matter: regulators.MatterRef | None = None
    matter_title: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """A finding with what proves it, words in the reader's language."""

    id: int
    filing_id: int
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
    proof: platforms.EvidenceTable | None


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
    complaints: list[complaints.ComplaintLine]
    complaints_total: int
    due_why: list[str]
    history: list[Step]
    notes: list[Note]
    verbs: tuple[str, ...]


def case_file(principal: Principal, case: Case) -> CaseFile:
    """The file of a case the reader may see; findings as far as the reader may see them."""
    findings = sorted(
        platforms.findings_of(case.platform_id),
        key=lambda finding: ("blocking", "major", "minor").index(finding.severity),
    )
    complained, latest = complaints.complaints_about(principal, case.platform_id)
    titles = rulebook.instrument_titles({str(f.legal_basis.get("instrument", "")) for f in findings})
    return CaseFile(
        row=case_rows(principal, [case])[0],
        platform=platforms.platform_ref(case.platform_id),
        reasons=[reason_text(entry) for entry in case.summary],
        why=in_reader_language(case.why),
        decided_as_of=case.decided_as_of,
        competence=str(case.get_competence_display()),
        shared_with=[in_reader_language(ref.short) for ref in regulators.sharing_of("case", case.pk)],
        evidence=[
            _evidence(finding, titles, with_proof=number < PROVEN_FINDINGS)
            for number, finding in enumerate(findings[:MAX_FINDINGS])
        ],
        evidence_total=len(findings),
        compared=[
            replace(item, indicator=indicator_title(item.indicator))
            for item in platforms.recomputed_of(case.platform_id)
        ],
        reconciliations=platforms.reconciliations_of(case.platform_id),
        score=risk.score_of(case.platform_id),
        warnings=risk.warnings_latest(principal, platform_id=case.platform_id),
        complaints=latest,
        complaints_total=complained,
        due_why=[in_reader_language(step) for step in case.due_why.get("steps", ())],
        history=_history(case),
        notes=_notes(case),
        verbs=tuple(v for v in CASE_WORKFLOW.verbs_from(case.state) if _is_offered(principal, case, v)),
    )


def _is_offered(principal: Principal, case: Case, verb: str) -> bool:
    """Whether the page shows a button: the reader holds the edge's permission and it would change something."""
    edge = CASE_WORKFLOW.edge(case.state, verb)
    is_mine = verb == "assign" and case.assignee_id == principal.officer_id
    return edge is not None and not is_mine and permits(principal, edge.permission, case)


def _history(case: Case) -> list[Step]:
    steps = transitions_of("case", case.pk)
    names, labels = regulators.actor_names(step.actor for step in steps), dict(CaseState.choices)
    matters = regulators.matter_refs(step.note for step in steps)
    return [
        Step(
            step.at,
            str(labels.get(step.source, "")),
            str(labels.get(step.target, step.target)),
            names[step.actor],
            _("Handed over") if regulators.is_matter(step.note) else step.note,
            matters.get(step.note),
            in_reader_language(dict(matters[step.note].title)) if step.note in matters else "",
        )
        for step in steps
    ]


def _notes(case: Case) -> list[Note]:
    rows = list(case.notes.all())
    names = regulators.actor_names(row.author for row in rows)
    return [Note(row.created_at, names[row.author], row.text) for row in rows]


def _evidence(
    finding: platforms.FindingRef, titles: Mapping[str, Mapping[str, str]], *, with_proof: bool
) -> EvidenceRow:
    basis = finding.legal_basis
    return EvidenceRow(
        id=finding.id,
        filing_id=finding.filing_id,
        title=in_reader_language(finding.title),
        severity=finding.severity,
        template=template_title(finding.template),
        period=finding.period,
        subject=finding.subject,
        measured=platforms.figure_text(finding.measured),
        threshold=platforms.figure_text(finding.threshold),
        count=finding.count,
        row_numbers=finding.row_numbers,
        instrument=rulebook.basis_title(basis, titles),
        is_verified=bool(basis.get("verified")) or basis.get("text_status") == "convention",
        evidence_sha256=finding.evidence_sha256,
        proof=platforms.evidence_table(finding.evidence_key, finding.template, ROWS_SHOWN) if with_proof else None,
    )
