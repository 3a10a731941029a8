"""An evaluation in words: what was counted, what it may say, and what it cannot say."""

from collections.abc import Iterator

from django.utils import translation
from django.utils.translation import gettext as _

from regulators.evaluation import Comparison
from regulators.selectors.effects import RuleEffect

GETTEXT = {"zh": "zh-hans", "en": "en"}


def measure_name(measure: str, scope: str = "line") -> str:
    """What is counted, in the language that is active."""
    return {
        "findings": _("Findings per 100 filings"),
        "complaints": _("Complaints on the rule's subject, per 100 platforms and month")
        if scope == "rule"
        else _("All complaints of this line (context), per 100 platforms and month"),
        "cases": _("Cases resting on a finding of the rule, per 100 platforms and month"),
    }[measure]


def base_text(measure: str, base: int) -> str:
    """What a rate was divided by: filings, or platforms times months."""
    return (_("%(n)s filings") if measure == "findings" else _("%(n)s platform-months")) % {"n": base}


def verdict_text(comparison: Comparison) -> str:
    """What one comparison may say."""
    return {
        "context": _("Context only: these complaints are about anything."),
        "not_measured": _("One side was not measured."),
        "too_few": _("Too few months or events to tell."),
        "lower": _("Lower after than before."),
        "higher": _("Higher after than before."),
        "no_clear_change": _("No clear change."),
    }[comparison.verdict]


def rate_text(rate: float | None) -> str:
    """One decimal, or a dash where nothing was measured."""
    return "–" if rate is None else f"{rate:.1f}"


def ratio_text(comparison: Comparison) -> str:
    """The ratio after / before with its interval, or a dash."""
    if comparison.ratio is None or comparison.low is None or comparison.high is None:
        return "–"
    return f"{comparison.ratio:.2f} ({comparison.low:.2f}–{comparison.high:.2f})"


def caution() -> tuple[str, ...]:
    """What every reader has to know."""
    return (
        _("Before and after is no proof: other rules, the market and the way of counting change, too."),
        _("Findings before the rule are a rehearsal: its text tried on the filings of that time. Where no filing was "
          "judged, nothing is measured, which is not zero."),
        _("Filings of both sides come from the platforms of their time: firms that joined or left change a rate, too."),
        _("A case counts when it rests on a finding of the rule; before the rule there can be none."),
    )


def effect_sentences(effect: RuleEffect, language: str) -> list[str]:
    """The evaluation in one language, sentence by sentence; also the picture's text alternative."""
    with translation.override(GETTEXT[language]):
        return list(_sentences(effect, language))


def _sentences(effect: RuleEffect, language: str) -> Iterator[str]:
    yield _("The rule applies from %(day)s.") % {"day": effect.since}
    for c in effect.comparisons:
        text = _("%(measure)s: %(before)s before (%(bn)s in %(bb)s), %(after)s after (%(an)s in %(ab)s).")
        yield text % {
            "measure": measure_name(c.measure, effect.complaint_scope), "before": rate_text(c.before.rate),
            "bn": c.before.events, "bb": base_text(c.measure, c.before.base), "after": rate_text(c.after.rate),
            "an": c.after.events, "ab": base_text(c.measure, c.after.base),
        } + ("" if language == "zh" else " ") + verdict_text(c)  # fmt: skip
    yield caution()[0]
