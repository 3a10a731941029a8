"""Why a score is what it is, in both languages: the features that pushed it most. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from analytics.contracts import TEMPLATE_NAMES, template
from riskmodels.features import FEATURES, FeatureRow

SHOWN = 5
NEGLIGIBLE = 0.02


def reasons_of(row: FeatureRow, contributions: Mapping[str, float], shown: int = SHOWN) -> list[dict[str, Any]]:
    """The strongest pushes first: feature, filed value, contribution in log-odds, one sentence per language.

    Values that were not filed never appear as a reason: they were replaced by the median and push nothing.
    """
    filed = [(name, push) for name, push in contributions.items() if row.get(name) is not None]
    ranked = sorted(filed, key=lambda pair: (-abs(pair[1]), pair[0]))[:shown]
    return [_reason(name, push, row[name]) for name, push in ranked if abs(push) >= NEGLIGIBLE]


def _reason(name: str, push: float, value: float | None) -> dict[str, Any]:
    text, zh_value, en_value = FEATURES[name], *value_texts(name, value)
    return {
        "feature": name,
        "value": value,
        "contribution": round(push, 4),
        "zh": f"{text.zh}（{zh_value}）使估计{'上升' if push > 0 else '下降'}",
        "en": f"{text.en} ({en_value}) {'raises' if push > 0 else 'lowers'} the estimate",
    }


def findings_reason(template_name: str, period: str, blocking: int, major: int) -> dict[str, str]:
    """What a filing's serious findings say in a warning; a severity without findings is left out."""
    title = dict(template(template_name).title) if template_name in TEMPLATE_NAMES else {}
    zh = "，".join(f"{word}问题{count}项" for word, count in (("阻断性", blocking), ("重大", major)) if count)
    kinds = [f"{count} {word}" for word, count in (("blocking", blocking), ("major", major)) if count]
    noun = "finding" if blocking + major == 1 else "findings"
    return {
        "zh": f"{title.get('zh', template_name)}报送（{period}）：{zh}",
        "en": f"Filing “{title.get('en', template_name)}” of {period}: {' and '.join(kinds)} {noun}",
    }


def value_texts(name: str, value: float | None) -> tuple[str, str]:
    """A feature's value as people read it, Chinese and English."""
    if value is None:
        return "未报送", "not filed"
    match FEATURES[name].unit:
        case "log_yuan":
            amount = math.exp(value)
            return _wan(amount), f"{amount:,.0f} yuan"
        case "log_months":
            return f"{math.exp(value):.1f}个月", f"{math.exp(value):.1f} months"
        case "log_ratio":
            return f"{math.expm1(value):+.0%}", f"{math.expm1(value):+.0%}"
        case "share":
            return f"{value:.1%}", f"{value:.1%}"
        case _:
            return f"{value:.2f}%", f"{value:.2f} %"


def _wan(amount: float) -> str:
    return f"{amount / 10_000:,.0f}万元" if amount >= 1_000_000 else f"{amount:,.0f}元"
