"""Where fitting sets come from: the real 2017 panel with its outcomes, or a generated market that says so.
Pure."""

from __future__ import annotations

import hashlib
import json
import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from riskmodels import panel
from riskmodels.features import FEATURE_NAMES, features_of, history_until, impact_of
from riskmodels.training import FittingSet

PANEL_MONTH = "2017-06"
PANEL_SOURCE = (
    "2017年上半年真实平台月度数据，结果为2018年8月前是否出险（结果数据的60%开发部分） / "
    "2017 H1 panel of real platforms; outcome: problem platform by August 2018 (60 % development part of the outcomes)"
)
GENERATED_SOURCE = (
    "生成的虚构平台市场（种子{seed}），不反映任何真实平台 / "
    "generated market of invented platforms (seed {seed}); it says nothing about real ones"
)


def fitting_set(
    histories: Mapping[str, Sequence[Mapping[str, Any]]],
    labels: Mapping[str, int],
    month: str,
    trained_on: str,
) -> FittingSet:
    """Platforms that have both a history up to ``month`` and a known outcome, in the order of their keys."""
    keys = tuple(sorted(key for key in labels if history_until(histories.get(key, ()), month)))
    return FittingSet(
        keys=keys,
        rows=tuple(features_of(histories[key], month) for key in keys),
        labels=tuple(labels[key] for key in keys),
        impacts_cny=tuple(impact_of(histories[key], month).amount_cny for key in keys),
        month=month,
        trained_on=trained_on,
        names=FEATURE_NAMES,
    )


def shared_fitting_set(root: Path) -> FittingSet | None:
    """The real panel joined to its outcomes by the numeric source id (never on the placeholder 0); None if
    absent."""
    if not (root / panel.PANEL_FILE).exists() or not (root / panel.OUTCOME_FILE).exists():
        return None
    rows = list(panel.read_rows(root / panel.PANEL_FILE))
    labels = panel.outcome_labels(panel.read_rows(root / panel.OUTCOME_FILE), panel.keys_by_number(rows))
    return fitting_set(panel.indicator_histories(rows), labels, PANEL_MONTH, PANEL_SOURCE)


def generated_fitting_set(seed: int = 20170710, platforms: int = 320, month: str = PANEL_MONTH) -> FittingSet:
    """A fitting set from :func:`generated_market`, marked as such."""
    histories, labels = generated_market(seed, platforms, month)
    made = fitting_set(histories, labels, month, GENERATED_SOURCE.format(seed=seed))
    return replace(made, is_generated=True)


def generated_market(
    seed: int = 20170710, platforms: int = 320, month: str = PANEL_MONTH
) -> tuple[dict[str, list[dict[str, str]]], dict[str, int]]:
    """Four months of indicators of invented platforms and their invented outcomes.

    Risk is latent; it lifts the rate, the average loan and the borrower concentration, and lowers the
    average bid, the term and the growth. About one platform in six fails. Same seed, same market.
    """
    source = random.Random(seed)
    histories: dict[str, list[dict[str, str]]] = {}
    labels: dict[str, int] = {}
    for number in range(1, platforms + 1):
        key, risk = f"invented-{number:04d}", source.gauss(0.0, 1.0)
        histories[key] = _invented_history(source, risk, month)
        labels[key] = int(source.random() < 1.0 / (1.0 + math.exp(2.4 - 1.8 * risk)))
    return histories, labels


def data_sha256(data: FittingSet) -> str:
    """A name for exactly this fitting set: keys, features, outcomes, impacts."""
    body = [data.month, data.names, data.keys, data.rows, data.labels, data.impacts_cny]
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def months_before(month: str, count: int) -> list[str]:
    """``count`` months ending with ``month``, oldest first."""
    last = int(month[:4]) * 12 + int(month[5:7]) - 1
    return [f"{index // 12:04d}-{index % 12 + 1:02d}" for index in range(last - count + 1, last + 1)]


@dataclass(frozen=True)
class _Invented:
    """What stays the same for one invented platform over the months."""

    risk: float
    loan: float
    bid: float
    rate: float
    term: float


def _invented_history(source: random.Random, risk: float, month: str) -> list[dict[str, str]]:
    size = source.gauss(17.5, 1.2)
    growth = source.gauss(0.04 - 0.04 * risk, 0.08)
    platform = _Invented(
        risk=risk,
        loan=math.exp(source.gauss(12.5 + 0.4 * risk, 0.7)),
        bid=math.exp(source.gauss(10.6 - 0.35 * risk, 0.5)),
        rate=max(4.0, source.gauss(10.0 + 1.1 * risk, 1.4)),
        term=math.exp(source.gauss(1.3 - 0.15 * risk, 0.5)),
    )
    months = months_before(month, 4)
    return [
        {"report_month": name, "currency": "CNY", "months_in_operation": str(24 + step)}
        | _invented_figures(source, platform, math.exp(size + growth * step))
        for step, name in enumerate(months)
    ]


def _invented_figures(source: random.Random, platform: _Invented, turnover: float) -> dict[str, str]:
    borrowers, lenders = max(1, round(turnover / platform.loan)), max(1, round(turnover / platform.bid))
    outstanding = turnover * platform.term * math.exp(source.gauss(0.0, 0.15))
    borrower_share = 30.0 + 12.0 * platform.risk + source.gauss(0.0, 10.0)
    money = {
        "turnover_amount": turnover,
        "outstanding_balance": outstanding,
        "outstanding_due_60d": outstanding * min(0.95, 1.6 / (platform.term + 1.0)),
        "net_inflow_30d": turnover * source.gauss(0.02, 0.05),
        "average_bid_amount": turnover / lenders,
        "average_loan_per_borrower_amount": turnover / borrowers,
        "registered_capital": round(math.exp(source.gauss(17.7, 0.7)), -4),
        "average_annual_rate_percent": platform.rate + source.gauss(0.0, 0.2),
        "average_term_months": platform.term,
        "top10_borrower_share_percent": min(100.0, max(0.5, borrower_share)),
        "top10_lender_share_percent": min(100.0, max(0.5, source.gauss(18.0, 7.0))),
    }
    counts = {"lender_count": lenders, "borrower_count": borrowers, "loan_count": borrowers * 2}
    return {name: f"{value:.2f}" for name, value in money.items()} | {k: str(v) for k, v in counts.items()}
