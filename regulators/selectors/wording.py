"""Words for a decision, in Chinese and English. Names come from the pack, labels from the choices."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import translation

from regulators.choices import BusinessLine, MandateRole
from regulators.facts import Decision, MandateTable

_LOCALE = {"zh": "zh-hans", "en": "en"}
_TEXT = {
    "zh": {
        "lead": "{on}：{region}的{line}，“{role}”由{lead}牵头。",
        "basis": "依据：{basis}。",
        "assist": "协助单位：{names}。",
        "gap": "{on}：{region}的{line}，“{role}”没有经确认的牵头单位，须提交联席会议。",
        "overlap": "{on}：{region}的{line}，“{role}”有多个牵头单位（{names}），须由联席会议决定。",
        "span": "该结论自{since}起有效{until}。",
        "until": "，至{last}止",
        "heir": "{old}的职责已于{day}由{new}承接。",
        "unconfirmed": "以下条目的来源尚未有人核实，不作为牵头依据：{names}。",
        "always": "最早记录之日",
        "comma": "、",
    },
    "en": {
        "lead": "On {on}, {lead} leads in {region} for {line}, role “{role}”.",
        "basis": " Basis: {basis}.",
        "assist": " Assisting: {names}.",
        "gap": "On {on}, nobody is confirmed as lead in {region} for {line}, role “{role}”. "
        "It goes to the joint meeting.",
        "overlap": "On {on}, several bodies lead in {region} for {line}, role “{role}”: {names}. "
        "The joint meeting decides.",
        "span": " This answer holds from {since}{until}.",
        "until": " to {last}",
        "heir": " {new} took over the duties of {old} on {day}.",
        "unconfirmed": " Not counted as lead, because nobody has confirmed the source yet: {names}.",
        "always": "the first record",
        "comma": ", ",
    },
}


@dataclass(frozen=True, slots=True)
class Cell:
    """The question as it was asked; `region` already in the reader's words."""

    line: str
    role: str
    region: str
    on: date


def unknown_region(code: str) -> dict[str, str]:
    """A place nobody can look up, with what to do about it."""
    if not code:
        return {
            "zh": "未填写地区，无法确定主管单位。请填写规则包中的地区代码。",
            "en": "No region is given, so nobody can be named. Give the code of a region of the pack.",
        }
    return {
        "zh": f"地区代码“{code}”不在规则包中，无法确定主管单位。请改为规则包中的地区代码。",
        "en": f"The pack knows no region “{code}”, so nobody can be named. Give the code of a region of the pack.",
    }


def bases_of(decision: Decision) -> tuple[tuple[str, str], ...]:
    """Sources (zh, en) of the confirmed rows behind a decision, each once."""
    return tuple(dict.fromkeys((r.basis_zh, r.basis_en) for r in decision.rows if r.verified and r.basis_en))


def explain(table: MandateTable, decision: Decision, cell: Cell, language: str) -> str:
    """One paragraph: who leads where, on which basis, since and until when, and what did not count."""
    words = _TEXT[language]

    def name(code: str) -> str:
        fact = table.authorities.get(code)
        return (fact.name_zh if language == "zh" else fact.name_en) if fact else code

    def names(codes: tuple[str, ...]) -> str:
        return words["comma"].join(name(code) for code in codes)

    with translation.override(_LOCALE[language]):
        values = {
            "on": cell.on.isoformat(),
            "region": cell.region,
            "line": str(BusinessLine(cell.line).label) if cell.line in BusinessLine.values else cell.line,
            "role": str(MandateRole(cell.role).label) if cell.role in MandateRole.values else cell.role,
        }
    key = {"decided": "lead", "gap": "gap", "overlap": "overlap"}[decision.state]
    parts = [words[key].format(**values, lead=name(decision.lead), names=names(decision.candidates))]
    basis = tuple(zh if language == "zh" else en for zh, en in bases_of(decision))
    if basis:
        parts.append(words["basis"].format(basis=words["comma"].join(basis)))
    parts.extend(_successions(table, decision, cell.on, words, name))
    if decision.assisting:
        parts.append(words["assist"].format(names=names(decision.assisting)))
    unconfirmed = tuple(sorted({r.authority for r in decision.unconfirmed if r.duty == "lead"}))
    if unconfirmed:
        parts.append(words["unconfirmed"].format(names=names(unconfirmed)))
    parts.append(_span(decision, words))
    return "".join(parts)


def _span(decision: Decision, words: dict[str, str]) -> str:
    since = decision.since.isoformat() if decision.since else words["always"]
    until = ""
    if decision.until:
        until = words["until"].format(last=(decision.until - timedelta(days=1)).isoformat())
    return words["span"].format(since=since, until=until)


def _successions(
    table: MandateTable, decision: Decision, on: date, words: dict[str, str], name: Callable[[str], str]
) -> list[str]:
    """A sentence for each hand-over that stands between a mandate's text and the body of the day."""
    found: list[str] = []
    for row in decision.rows:
        code = row.authority
        while code in table.authorities:
            following = [(new, day) for new, day in table.authorities[code].successors if day <= on]
            if not following:
                break
            new, day = following[0]
            found.append(words["heir"].format(old=name(code), new=name(new), day=day.isoformat()))
            code = new
    return list(dict.fromkeys(found))


def role_and_lines(role: str, lines: Sequence[str], language: str) -> tuple[str, str]:
    """Labels of a role and of several business lines in one language."""
    with translation.override(_LOCALE[language]):
        labels = [str(BusinessLine(line).label) for line in lines]
        return str(MandateRole(role).label), _TEXT[language]["comma"].join(labels)
