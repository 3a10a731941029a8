"""Figures read from the lake, and comparisons of two sources."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from analytics.contracts import template
from analytics.lake import Lake
from platforms.models import RecomputedIndicator, ReconciliationRun
from platforms.selectors.filings import FilingRef, filings_latest
from platforms.wording import indicator_text, said


@dataclass(frozen=True)
class ComparedIndicator:
    """A disclosed figure beside the one computed from the loan book."""

    period: str
    indicator: str
    reported: str | None
    recomputed: str | None
    difference: str | None
    title: dict[str, str]

    @property
    def label(self) -> str:
        """The indicator's name in the reader's language."""
        return said(self.title)

    @property
    def reported_text(self) -> str:
        """The disclosed figure as people read it."""
        return indicator_text(self.reported, self.indicator)

    @property
    def recomputed_text(self) -> str:
        """The recomputed figure as people read it."""
        return indicator_text(self.recomputed, self.indicator)

    @property
    def difference_text(self) -> str:
        """The difference as people read it."""
        return indicator_text(self.difference, self.indicator)


def monthly_indicators_for(platform_ids: Iterable[int] | None, upto: str | date | None = None) -> list[dict[str, Any]]:
    """Rows of the accepted `monthly_indicators` filings as dicts with `platform_id`, up to a month (inclusive).

    Read from the lake in one pass; amounts are Decimal in currency units, rates in percent.
    """
    last = upto.strftime("%Y-%m") if isinstance(upto, date) else upto
    filings = filings_latest("monthly_indicators", platform_ids=platform_ids)
    return lake_rows([filing for filing in filings if not last or filing.period <= last])


def lake_rows(filings: list[FilingRef]) -> list[dict[str, Any]]:
    """All rows of some filings' lake files, each with its `platform_id` and `period`."""
    import pyarrow.parquet as pq

    rows: list[dict[str, Any]] = []
    for filing in filings:
        with pq.ParquetFile(filing.path) as file:
            found = file.read(use_threads=False).to_pylist()
        rows += [{**values, "platform_id": filing.platform_id, "period": filing.period} for values in found]
    return rows


def evidence_rows(evidence_key: str, limit: int = 20, subject: str = "") -> list[dict[str, Any]]:
    """The first rows of an evidence file: what proves a finding. Empty when the finding has no file.

    All findings of one rule share its file. Given a `subject`, only its own rows are returned; all of them when the
    file names no subjects.
    """
    import pyarrow.parquet as pq

    if not evidence_key:
        return []
    with pq.ParquetFile(Lake.from_env().path(evidence_key)) as file:
        is_shared = bool(subject) and "subject" in file.schema_arrow.names
        batches = file.iter_batches(batch_size=5_000 if is_shared else limit)
        rows = (row for batch in batches for row in batch.to_pylist())
        return list(islice((row for row in rows if not is_shared or str(row["subject"]) == subject), limit))


def recomputed_of(platform_id: int, period: str = "") -> list[ComparedIndicator]:
    """Reported beside recomputed, newest comparison of each indicator and period first."""
    rows = RecomputedIndicator.objects.filter(platform_id=platform_id)
    if period:
        rows = rows.filter(period=period)
    newest: dict[tuple[str, str], ComparedIndicator] = {}
    for row in rows.order_by("-id"):
        compared = ComparedIndicator(
            period=row.period,
            indicator=row.indicator,
            reported=_text(row.reported),
            recomputed=_text(row.recomputed),
            difference=_text(row.difference),
            title=_title(row.indicator),
        )
        newest.setdefault((row.period, row.indicator), compared)
    return sorted(newest.values(), key=lambda item: (item.period, item.indicator))


def _text(value: Decimal | None) -> str | None:
    """Two decimals, four where they say more."""
    if value is None:
        return None
    short = value.quantize(Decimal("0.01"))
    return str(short if short == value else value)


def _title(indicator: str) -> dict[str, str]:
    try:
        return dict(template("monthly_indicators").column(indicator).title)
    except KeyError:
        return {"zh": indicator, "en": indicator}


def reconciliations_of(platform_id: int, period: str = "") -> list[dict[str, Any]]:
    """Reconciliations of a platform's ledger with its bank's statement, newest first."""
    rows = ReconciliationRun.objects.filter(platform_id=platform_id)
    if period:
        rows = rows.filter(period=period)
    return [
        {
            "period": row.period,
            "counts": row.counts,
            "amounts": row.amounts,
            "is_matched": row.is_matched,
            "evidence_key": row.evidence_key,
            "evidence_sha256": row.evidence_sha256,
        }
        for row in rows.order_by("-id")
    ]
