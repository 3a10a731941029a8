"""What the cases and the supervision map put before the joint meeting."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from cases.models import Case
from cases.permissions import require
from cases.selectors.wording import reason_texts
from common import clock
from common.db.acting import acting_as
from common.principal import Principal
from platforms import selectors as platforms
from regulators import selectors as regulators
from regulators import services as regulator_services
from regulators.selectors import Box, QuestionRef
from regulators.services import AgendaAbout
from rulebook import selectors as rulebook

MAX_CASES = 20  # a meeting reads no more single cases; the rest is reported as one item


@dataclass(frozen=True, slots=True)
class AgendaProposal:
    """How many items were new, how many stood on the agenda before, how many cases were summed up in one."""

    proposed: int
    existing: int
    summed_up: int


@dataclass(frozen=True, slots=True)
class Matter:
    """One item as it will be proposed."""

    subject: str
    kind: str
    title: dict[str, str]
    body: dict[str, str]
    proposed_by_id: int | None = None
    about: AgendaAbout | None = None


def agenda_propose_from_cases(*, actor: Principal, quarter: str) -> AgendaProposal:
    """Propose to a quarter's meeting what concerns more than one body.

    Cases in area D, cases whose serious findings fall to several authorities, cases without one lead; gaps and
    overlaps of the supervision map; questions the pack leaves open. The gravest cases come singly, the rest as
    one report.
    Twice proposes nothing new. Secretariat and system only (403). Source: paper 000, section 3.4.
    """
    require(actor, "agenda.propose")
    with acting_as(Principal(kind="system", label=actor.label, authority_ids=actor.authority_ids)):
        cases = _cases_for_meeting()
        matters = [*_case_matters(cases[:MAX_CASES]), *_rest(cases[MAX_CASES:]), *_map_matters()]
        results = [
            regulator_services.agenda_item_propose(
                actor=Principal(kind="system", label=actor.label),
                meeting_quarter=quarter,
                subject=matter.subject,
                kind=matter.kind,
                title=matter.title,
                body=matter.body,
                proposed_by_id=matter.proposed_by_id,
                or_next=True,
                about=matter.about,
            )
            for matter in matters
        ]
    new = sum(result.created for result in results)
    return AgendaProposal(new, len(results) - new, max(0, len(cases) - MAX_CASES))


def _cases_for_meeting() -> list["_Candidate"]:
    """Running cases that concern more than one body, the gravest first."""
    bodies = _Bodies()
    rows = [_Candidate(case, bodies.touched_by(case)) for case in Case.objects.running().order_by("id")]
    found = [c for c in rows if c.case.area == "D" or c.case.competence != "decided" or len(c.bodies) > 1]
    return sorted(found, key=lambda candidate: (-_gravity(candidate.case), candidate.case.pk))


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A case with the bodies whose fields its serious findings touch."""

    case: Case
    bodies: tuple[regulators.AuthorityRef, ...]


class _Bodies:
    """Leads of the roles that a case's serious findings fall into; asks each rule and each cell once."""

    def __init__(self) -> None:
        self.roles: dict[int, str] = {}
        self.leads: dict[tuple[str, str, str], regulators.AuthorityRef | None] = {}
        self.today = clock.today()
        self.platforms = platforms.platform_refs()

    def touched_by(self, case: Case) -> tuple[regulators.AuthorityRef, ...]:
        """Distinct leads, in the order of their codes. A rule carries the role it belongs to."""
        serious = [f for f in platforms.findings_of(case.platform_id) if f.severity != "minor"]
        ref = self.platforms.get(case.platform_id)
        if ref is None or not serious:
            return ()
        roles = {self._role(finding.rule_version_id) for finding in serious}
        leads = [self._lead(ref.business_line, role, ref.region) for role in roles if role]
        by_code = {lead.code: lead for lead in leads if lead}
        return tuple(by_code[code] for code in sorted(by_code))

    def _role(self, version_id: int) -> str:
        if version_id not in self.roles:
            version = rulebook.rule_by_version(version_id)
            self.roles[version_id] = version.rule.role if version and version.rule else ""
        return self.roles[version_id]

    def _lead(self, line: str, role: str, region: str) -> regulators.AuthorityRef | None:
        key = (line, role, region)
        if key not in self.leads:
            self.leads[key] = regulators.competent_authorities(line, role, region, self.today).lead
        return self.leads[key]


def _gravity(case: Case) -> int:
    blocking = sum(int(e.get("blocking", 0)) for e in case.summary if e.get("code") == "findings")
    return (case.area == "D") * 1000 + (case.competence != "decided") * 500 + min(blocking, 400)


def _case_matters(candidates: list[_Candidate]) -> Iterator[Matter]:
    names = platforms.platform_refs({c.case.platform_id for c in candidates})
    owners = regulators.authority_refs({c.case.owner_authority_id for c in candidates if c.case.owner_authority_id})
    for candidate in candidates:
        case, shared = candidate.case, _touched_text(candidate.bodies)
        name, reasons = names[case.platform_id].name, reason_texts(case.summary)
        owner = owners.get(case.owner_authority_id or 0)
        lead = owner.short if owner else {"zh": "未定", "en": "undecided"}
        yield Matter(
            f"case:{case.public_id}",
            "important_matter",
            {"zh": f"案件：{name}（牵头：{lead['zh']}）", "en": f"Case: {name} (lead: {lead['en']})"},
            {
                "zh": f"{reasons['zh']}{shared['zh']}\n{case.why.get('zh', '')}",
                "en": f"{reasons['en']}{shared['en']}\n{case.why.get('en', '')}",
            },
            case.owner_authority_id,
        )


def _touched_text(bodies: tuple[regulators.AuthorityRef, ...]) -> dict[str, str]:
    if len(bodies) < 2:
        return {"zh": "", "en": ""}
    return {
        "zh": f"所涉问题分属：{'、'.join(body.short['zh'] for body in bodies)}。",
        "en": f" The findings fall to: {', '.join(body.short['en'] for body in bodies)}.",
    }


def _rest(cases: list[_Candidate]) -> Iterator[Matter]:
    if cases:
        names = platforms.platform_refs({candidate.case.platform_id for candidate in cases})
        listed = sorted(ref.name for ref in names.values())
        yield Matter(
            "cases:rest",
            "consultation",
            {"zh": f"其余{len(cases)}起案件通报", "en": f"Report on {len(cases)} further cases"},
            {"zh": "、".join(listed), "en": ", ".join(listed)},
        )


def _map_matters() -> Iterator[Matter]:
    today = clock.today()
    found = regulators.coverage(today)
    for kind, boxes in (("gap", found.gaps), ("overlap", found.overlaps), ("overlap", found.contested)):
        for role, group in _by_claim(boxes):
            yield _box_matter(kind, role, group)
    for question in regulators.open_questions(today):
        asked = _asked_about(question)
        yield Matter(f"question:{question.key}", "undecided", question.title, question.why, about=asked)


def _asked_about(question: QuestionRef) -> AgendaAbout | None:
    """The cell of the map a question names, if it names one."""
    if not question.business_line or not question.role:
        return None
    return AgendaAbout("", (question.business_line,), (question.role,))


def _by_claim(boxes: tuple[Box, ...]) -> list[tuple[str, list[Box]]]:
    """Boxes of one role and one set of bodies are one matter, whatever their lines and regions."""
    groups: dict[tuple[object, ...], tuple[str, list[Box]]] = {}
    for box in boxes:
        for role in box.roles:
            groups.setdefault((role, box.holders, box.unconfirmed), (role, []))[1].append(box)
    return list(groups.values())


def _joined(codes: Iterable[str], named: Mapping[str, Mapping[str, str]], language: str) -> str:
    """Bodies by their short names."""
    return ("、" if language == "zh" else ", ").join(named[code][language] for code in codes)


def _box_matter(kind: str, role: str, boxes: list[Box]) -> Matter:
    holders, claims = boxes[0].holders, boxes[0].unconfirmed
    lines = sorted({line for box in boxes for line in box.lines})
    words = {language: regulators.role_and_lines(role, lines, language) for language in ("zh", "en")}
    named = regulators.body_names((*holders, *claims))
    bodies = {"zh": _joined(named, named, "zh") or "无", "en": _joined(named, named, "en") or "nobody"}
    unseen = {language: _joined(claims, named, language) for language in ("zh", "en")}
    regions = tuple(sorted({region for box in boxes for region in box.regions}))
    title = {
        "gap": {"zh": "监管空白：{}", "en": "Missing lead: {}"},
        "overlap": {"zh": "监管重叠：{}", "en": "Overlapping leads: {}"},
    }[kind]
    return Matter(
        f"{kind}:{role}:{'+'.join((*holders, *claims)) or 'none'}",
        kind,
        {"zh": title["zh"].format(words["zh"][0]), "en": title["en"].format(words["en"][0])},
        {
            "zh": f"业务线：{words['zh'][1]}。涉及{len(regions)}个地区。已登记单位：{bodies['zh']}。"
            + (f"来源待核实：{unseen['zh']}。" if claims else ""),
            "en": f"Lines: {words['en'][1]}. Regions: {len(regions)}. Bodies on record: {bodies['en']}."
            + (f" Source to be confirmed: {unseen['en']}." if claims else ""),
        },
        about=AgendaAbout(kind, tuple(lines), (role,), regions),
    )
