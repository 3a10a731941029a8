"""What the cases and the supervision map put before the joint meeting."""

from collections.abc import Iterator
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
from regulators.selectors import Box

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


def agenda_propose_from_cases(*, actor: Principal, quarter: str) -> AgendaProposal:
    """Propose to a quarter's meeting: cases in area D, cases with findings that several authorities share,
    cases without one lead, gaps and overlaps of the supervision map, and questions the pack leaves open.

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
            )
            for matter in matters
        ]
    new = sum(result.created for result in results)
    return AgendaProposal(new, len(results) - new, max(0, len(cases) - MAX_CASES))


def _cases_for_meeting() -> list[Case]:
    """Running cases that concern more than one body, the gravest first."""
    rows = list(Case.objects.running().order_by("id"))
    found = [case for case in rows if case.area == "D" or case.competence != "decided" or _is_shared(case)]
    return sorted(found, key=lambda case: (-_gravity(case), case.pk))


def _is_shared(case: Case) -> bool:
    """Blocking findings in the filings of more than one template: ledger and loan book have two supervisors."""
    blocking = {e["template"] for e in case.summary if e.get("code") == "findings" and e.get("blocking")}
    return len(blocking) > 1


def _gravity(case: Case) -> int:
    blocking = sum(int(e.get("blocking", 0)) for e in case.summary if e.get("code") == "findings")
    return (case.area == "D") * 1000 + (case.competence != "decided") * 500 + min(blocking, 400)


def _case_matters(cases: list[Case]) -> Iterator[Matter]:
    names = platforms.platform_refs({case.platform_id for case in cases})
    owners = regulators.authority_refs({case.owner_authority_id for case in cases if case.owner_authority_id})
    for case in cases:
        name, reasons = names[case.platform_id].name, reason_texts(case.summary)
        owner = owners.get(case.owner_authority_id or 0)
        lead = owner.name if owner else {"zh": "未定", "en": "undecided"}
        yield Matter(
            f"case:{case.public_id}",
            "important_matter",
            {"zh": f"案件：{name}（牵头：{lead['zh']}）", "en": f"Case: {name} (lead: {lead['en']})"},
            {
                "zh": f"{reasons['zh']}\n{case.why.get('zh', '')}",
                "en": f"{reasons['en']}\n{case.why.get('en', '')}",
            },
            case.owner_authority_id,
        )


def _rest(cases: list[Case]) -> Iterator[Matter]:
    if cases:
        names = platforms.platform_refs({case.platform_id for case in cases})
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
        for box in _by_claim(boxes):
            yield _box_matter(kind, box)
    for question in regulators.open_questions(today):
        yield Matter(f"question:{question.key}", "undecided", question.title, question.why)


def _by_claim(boxes: tuple[Box, ...]) -> list[list[Box]]:
    """Boxes of one role and one set of bodies are one matter, whatever their lines and regions."""
    groups: dict[tuple[object, ...], list[Box]] = {}
    for box in boxes:
        groups.setdefault((box.role, box.holders, box.unconfirmed), []).append(box)
    return list(groups.values())


def _box_matter(kind: str, boxes: list[Box]) -> Matter:
    role, holders, claims = boxes[0].role, boxes[0].holders, boxes[0].unconfirmed
    lines = sorted({box.business_line for box in boxes})
    words = {language: regulators.role_and_lines(role, lines, language) for language in ("zh", "en")}
    bodies = {"zh": "、".join((*holders, *claims)) or "无", "en": ", ".join((*holders, *claims)) or "nobody"}
    count = len({region for box in boxes for region in box.regions})
    title = {
        "gap": {"zh": "监管空白：{}", "en": "Missing lead: {}"},
        "overlap": {"zh": "监管重叠：{}", "en": "Overlapping leads: {}"},
    }[kind]
    return Matter(
        f"{kind}:{role}:{'+'.join((*holders, *claims)) or 'none'}",
        kind,
        {"zh": title["zh"].format(words["zh"][0]), "en": title["en"].format(words["en"][0])},
        {
            "zh": f"业务线：{words['zh'][1]}。涉及{count}个地区。已登记单位：{bodies['zh']}。"
            + (f"来源待核实：{'、'.join(claims)}。" if claims else ""),
            "en": f"Lines: {words['en'][1]}. Regions: {count}. Bodies on record: {bodies['en']}."
            + (f" Source to be confirmed: {', '.join(claims)}." if claims else ""),
        },
    )
