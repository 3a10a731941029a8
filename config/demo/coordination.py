"""Central and local bodies and the information authority work on the same cases: a question, two hand-overs."""

from cases import selectors as case_reads
from common.db.acting import acting_as
from common.principal import Principal
from config.demo import people
from config.demo.steps import Demo
from regulators import services as regulators
from regulators.selectors import authority_by_code

NOTE = "coordination"
QUESTION = "示范：该平台网站的电信业务许可是否有效？页面内容是否含有保本承诺？"
ANSWER = "示范：许可有效；网站首页有“保本”字样，已要求三日内删除。"
MONEY_QUESTION = "示范：该平台的备付金账户近三个月有无异常划转？"
LOCAL_REASON = "示范：需要到注册地现场核查办公场所和账册，请当地金融办接办。"
CONTENT_REASON = "示范：主要问题是虚假宣传，请信息主管部门接办。"


def coordinate(demo: Demo) -> None:
    """The banking officer asks the ministry about one case, hands a second to the local office, which accepts it,
    and offers a third, which waits for its answer, as does a question to the central bank. Once, however often the
    demo runs.
    """
    with demo.progress.step("questions and hand-overs"):
        if people.demo_note(NOTE):
            return
        banking = people.principal("officer.banking")
        subjects = _own_cases(banking)
        if len(subjects) >= 3:
            _ask(banking, subjects[0])
            _hand_over(banking, subjects[1])
            _offer(banking, subjects[2], "MIIT", CONTENT_REASON)
            _ask_only(banking, subjects[0], "PBOC", MONEY_QUESTION)
        people.demo_note_store(NOTE, {"cases": ", ".join(subjects[:3])})


def _own_cases(officer: Principal) -> list[str]:
    """The officer's own running cases, the latest first: the first ones stay untouched for whoever looks around."""
    with acting_as(officer):
        rows = case_reads.cases_visible_to(officer).running().filter(owner_authority_id__in=officer.authority_ids)
        return [f"case:{pk}" for pk in rows.order_by("-pk").values_list("pk", flat=True)]


def _ask(officer: Principal, subject: str) -> None:
    with acting_as(officer):
        pk = regulators.consultation_open(
            actor=officer, subject=subject, to_authority_id=_body("MIIT"), question=QUESTION
        )
    ministry = people.principal("officer.miit")
    with acting_as(ministry):
        regulators.consultation_answer(actor=ministry, consultation_id=pk, answer=ANSWER)


def _ask_only(officer: Principal, subject: str, code: str, question: str) -> None:
    """A question that waits on the other body's desk."""
    with acting_as(officer):
        regulators.consultation_open(actor=officer, subject=subject, to_authority_id=_body(code), question=question)


def _hand_over(officer: Principal, subject: str) -> None:
    pk = _offer(officer, subject, "LFO-310000", LOCAL_REASON)
    local = people.principal("officer.local")
    with acting_as(local):
        regulators.handover_accept(actor=local, handover_id=pk)


def _offer(officer: Principal, subject: str, code: str, reason: str) -> int:
    with acting_as(officer):
        return regulators.handover_offer(
            actor=officer, subject=subject, to_authority_id=_body(code), reason=reason
        )


def _body(code: str) -> int:
    found = authority_by_code(code)
    if found is None:
        raise LookupError(f"The pack has no authority {code}.")
    return found.id
