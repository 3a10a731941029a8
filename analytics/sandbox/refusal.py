"""The one way the sandbox says no, and what to write instead of the things people write most."""

from __future__ import annotations

from sqlglot import exp


class SqlRefused(Exception):  # noqa: N818 -- a refusal is an expected answer here, not a programming error
    """The SQL is not allowed. `reason` says what was met, `cure` what to write instead."""

    def __init__(self, reason: str, cure: str) -> None:
        super().__init__(f"{reason} {cure}")
        self.reason, self.cure = reason, cure


DEFAULT_CURE = "Use SELECT, joins with equality, GROUP BY and the functions listed for rules."
DATE_CURE = (
    "Write PLUS_DAYS(day, n), PLUS_MONTHS(day, n), DAYS_BETWEEN(start, end) or MONTHS_BETWEEN_FLOOR(start, end)."
)
CAST_CURE = (
    "Write ROUND_HALF_UP(x, places), ROUND_DOWN(x) or DATE_TEXT(day); only a constant may be cast, to DATE: "
    "CAST('2020-08-20' AS DATE)."
)
# What differs between engines without a word, and the portable function that does not.
CURES: dict[str, str] = {
    "Div": "Write SAFE_DIV(a, b): division differs between engines (types, and what a zero gives).",
    "IntDiv": "Write FLOOR_DIV(a, b).",
    "Mod": "Write REMAINDER(a, b).",
    "Avg": "Write MEAN(x).",
    "Round": "Write ROUND_HALF_UP(x, places).",
    "Floor": "Write ROUND_DOWN(x).",
    "Ceil": "Write ROUND_UP(x).",
    "Cast": CAST_CURE,
    "TryCast": CAST_CURE,
    "DateDiff": "Write DAYS_BETWEEN(start, end), MONTHS_BETWEEN_FLOOR(start, end) or MONTHS_APART(start, end).",
    "MonthsBetween": "Write MONTHS_BETWEEN_FLOOR(start, end).",
    "DateTrunc": "Write MONTH_START(day).",
    "TimestampTrunc": "Write MONTH_START(day).",
    "Interval": DATE_CURE,
    "DateAdd": DATE_CURE,
    "DateSub": DATE_CURE,
    "AddMonths": "Write PLUS_MONTHS(day, n).",
    "TimeToStr": "Write DATE_TEXT(day) or MONTH_TEXT(day).",
    "Substring": "Write TEXT_PART(text, start, length), counted from 1.",
    "Left": "Write TEXT_PART(text, 1, length).",
    "Right": "Compare with LIKE '%…', or cut with TEXT_PART(text, start, length).",
    "Upper": "Write UPPER_ASCII(text).",
    "Lower": "Write LOWER_ASCII(text).",
    "ILike": "Write LOWER_ASCII(text) LIKE '…'.",
    "RegexpLike": "Write MATCH_FULL(text, 'pattern').",
    "RegexpFullMatch": "Write MATCH_FULL(text, 'pattern').",
    "SimilarTo": "Write MATCH_FULL(text, 'pattern').",
    "GroupConcat": "Write TEXTS_JOINED(text, ', ').",
    "CountIf": "Write COUNT(*) FILTER (WHERE condition).",
    "AnyValue": "Write MIN(x) or MAX(x): any value is not the same value twice.",
    "IgnoreNulls": "Write MIN(x) or MAX(x): any value is not the same value twice.",
    "Tuple": "Compare each column by itself.",
    "Bracket": "Return the whole list: the engine keeps twenty row numbers and all rows as evidence.",
    "CurrentDate": "Use a parameter or a column: a rule gives the same answer on every day it is run.",
    "CurrentTimestamp": "Use a parameter or a column: a rule gives the same answer on every day it is run.",
}


def not_admitted(node: exp.Expr) -> SqlRefused:
    """The refusal of a node that is not in the allow-list."""
    kind = type(node).__name__
    if isinstance(node, exp.Anonymous):
        what = f"{node.name[:60]}()"
        cure = CURES.get(_pascal(node.name), DEFAULT_CURE)
    else:
        what, cure = node.sql(dialect="duckdb", comments=False)[:80], CURES.get(kind, DEFAULT_CURE)
    return SqlRefused(f"{kind} is not in the allowed subset: {what}.", cure)


def _pascal(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
