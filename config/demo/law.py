"""Law at work: a number tried on the filings, a draft for a second person, a source seen by the first of two."""

from datetime import date

from common.db.acting import acting_as
from config.demo import people
from config.demo.steps import Demo, system, wait_until_quiet
from rulebook import selectors as law_reads
from rulebook import services as rulebook

NOTE = "law"
ON = date(2017, 6, 30)
LIMIT, TRIED = "p2p.natural_person_one_platform_cny", "150000"
DRAFTED = "CONV-05"
REASON = "示范：一个月以内的标的多为拆分长标，拟列入核查。 / Demo: loans of one month are often split long ones."
REPLACED = (
    ("in_force: {from: 2015-01-01}", "in_force: {from: 2017-08-01}"),
    ("check: term_months BETWEEN 1 AND :longest", "check: term_months BETWEEN 2 AND :longest"),
    ("- {term_months: 1}\n", "- {term_months: 2}\n"),
)
SOURCE = ("rule", "PM15-05")
LINK = "https://www.example.org/demo/seen-by-the-first-person"


def show(demo: Demo) -> None:
    """Try, draft, confirm once, however often the demo runs; the numbers of the first run are kept for the next."""
    known = people.demo_note(NOTE)
    if not known:
        with demo.progress.step("a number, a draft and a source of the rulebook"):
            known = {**_tried(), **_drafted(), **_seen()}
            people.demo_note_store(NOTE, known)
    demo.facts["law"] = known


def _tried() -> dict[str, str]:
    report = rulebook.rule_rehearse(actor=system(), on=ON, changes={LIMIT: TRIED})
    return {"changed": f"{LIMIT}={TRIED}", "findings": f"{report.before} → {report.after}"}


def _drafted() -> dict[str, str]:
    author = people.principal("officer.banking")
    with acting_as(author):
        present = law_reads.rule_current(DRAFTED)
        text = present.rule.source_text if present and present.rule else ""
        draft = rulebook.draft_create(actor=author, rule_id=DRAFTED)
        for before, after in REPLACED:
            text = _replaced(text, before, after)
        draft = rulebook.draft_save(actor=author, draft_id=draft.id, text=text, revision=draft.revision, reason=REASON)
        rulebook.rehearsal_start(actor=author, draft_id=draft.id, text=text, on=ON)
    wait_until_quiet()
    with acting_as(author):
        rulebook.draft_step(actor=author, draft_id=draft.id, verb="submit", revision=draft.revision)
    return {"draft": f"{DRAFTED} waits for a second person"}


def _replaced(text: str, before: str, after: str) -> str:
    if before not in text:
        raise LookupError(f"{DRAFTED} does not say {before!r} any more.")
    return text.replace(before, after, 1)


def _seen() -> dict[str, str]:
    kind, rule_id = SOURCE
    officer = people.principal("officer.pboc")
    with acting_as(officer):
        rulebook.source_confirm(
            actor=officer, kind=kind, key=rule_id, link=LINK, note="示范：仅演示流程。 / Demo: shows the steps only."
        )
    return {"source": f"{rule_id} waits for a second person"}
