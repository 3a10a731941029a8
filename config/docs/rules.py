"""docs/generated/rules.md: the rule catalogue, from the shipped pack. Needs no database."""

from collections import Counter

from config.docs.markdown import code, page, table
from rulebook import packs
from rulebook.entries import Basis, Pack, Rule
from rulebook.home import home

PACK = home().pack
HEAD = ("id", "title", "basis", "in force", "severity", "kind", "template", "state")
CONFIRMED, HOUSE, HELD = "on: source confirmed", "on: house convention, no law", "off: source not confirmed"
INTRO = (
    "Rules of the shipped pack `cn`. A rule whose source nobody has confirmed is loaded switched off and gives no "
    "findings. A house convention is a check of this workbench; no law says so, and its findings say that. The end "
    "of a period is exclusive. What an installation has loaded and changed is shown at `/rules/`."
)


def rules_page() -> str:
    """Return the page with one line for each rule, law before house conventions."""
    pack = packs.read_pack(PACK)
    rules = sorted(pack.rules, key=lambda rule: (rule.basis.text_status == "convention", rule.id))
    counts = Counter(state(rule.basis) for rule in rules)
    summary = f"{len(rules)} rules: " + ", ".join(f"{counts[name]} {name}" for name in (CONFIRMED, HOUSE, HELD)) + "."
    return page("Rule catalogue", INTRO, summary, table(HEAD, [_row(rule, pack) for rule in rules]))


def state(basis: Basis) -> str:
    """Return whether a rule gives findings, and why."""
    if basis.text_status == "convention":
        return HOUSE
    return CONFIRMED if basis.may_give_findings else HELD


def _row(rule: Rule, pack: Pack) -> tuple[str, ...]:
    return (
        code(rule.id), f"{rule.title['zh']}<br>{rule.title['en']}", _basis(rule.basis, pack), _in_force(rule),
        _severity(rule), rule.kind, code(rule.template or ""), state(rule.basis),
    )


def _basis(basis: Basis, pack: Pack) -> str:
    title = pack.instruments[basis.instrument].title
    article = f", art. {basis.article}" if basis.article else ""
    unsure = " (article not confirmed)" if basis.article and not basis.article_verified else ""
    return f"{title['zh']}<br>{title['en']}{article}{unsure}; text: {basis.text_status}"


def _in_force(rule: Rule) -> str:
    return f"{rule.valid_from} to {rule.valid_to}" if rule.valid_to else f"from {rule.valid_from}"


def _severity(rule: Rule) -> str:
    if rule.transition_until is None:
        return rule.severity
    return f"{rule.severity} ({rule.transition_severity} until {rule.transition_until})"
