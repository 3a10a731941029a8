"""A refused step is said in words, in both languages; the codes stand beside it for machines."""

import pytest
from django.utils import translation

from common.api.problems import problem_document, to_problem
from common.errors import Refusal
from common.models import Transition
from common.transitions import transition_apply
from common.workflow import Edge, Workflow
from complaints.models import Complaint
from complaints.services import complaint_forward
from complaints.workflow import COMPLAINT
from config.docs.transitions import workflows
from tests.factories import complaints

WORKFLOWS = list(workflows())


@pytest.mark.parametrize(("app", "workflow"), WORKFLOWS, ids=[workflow.subject for _, workflow in WORKFLOWS])
def test_every_state_and_step_has_words_in_both_languages(app: str, workflow: Workflow):
    verbs = {edge.verb for edge in workflow.edges}
    for said, codes in ((workflow.state_said, workflow.states()), (workflow.verb_said, verbs)):
        for code in codes:
            with translation.override("en"):
                english = str(said(code))
            with translation.override("zh-hans"):
                chinese = str(said(code))
            assert english, code
            assert "_" not in english, code
            assert any("一" <= letter <= "鿿" for letter in chinese), f"{code} is not said in Chinese: {chinese}"


def test_a_code_without_words_stands_for_itself():
    bare = Workflow("nobody_named_it", "here", (Edge("here", "go", "there", "x"),))
    assert (bare.state_said("here"), bare.verb_said("go")) == ("here", "go")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "message", "cure"),
    [
        (
            "en",
            "“send it to the platform” is not possible in the state “Sent to the platform”.",
            "Possible for you now: ask the complainant a question.",
        ),
        ("zh-hans", "在状态“已转交平台”下不能执行“转送平台”。", "您现在可以：要求投诉人补充。"),
    ],
)
def test_a_wrong_step_names_states_and_steps_as_people_do(language: str, message: str, cure: str):
    complaints.ground()
    made = complaints.forwarded()
    officer = complaints.officer_in_charge(made)
    before = Transition.objects.count()
    with translation.override(language), pytest.raises(Refusal) as refused:
        complaint_forward(actor=officer, complaint_id=made.id)
    assert (str(refused.value.message), str(refused.value.cure)) == (message, cure)
    assert Complaint.objects.get(pk=made.id).state == "with_platform"
    assert Transition.objects.count() == before
    problem = to_problem(refused.value)
    assert problem is not None
    entry = problem_document(problem)["errors"][0]
    assert (entry["code"], entry["state"], entry["verb"]) == ("complaint.wrong_state", "with_platform", "forward")
    assert entry["allowed"] == ["ask_supplement"]


@pytest.mark.django_db
def test_whoever_may_not_is_told_which_step_not_which_code():
    complaints.ground()
    made = complaints.forwarded()
    with translation.override("en"), pytest.raises(Refusal) as refused:
        transition_apply(
            actor=complaints.SYSTEM, workflow=COMPLAINT, model=Complaint, pk=made.id, verb="answer",
            permits=lambda *_: False,
        )  # fmt: skip
    assert str(refused.value.cure) == "Ask a colleague who may do this step: “answer the complaint”."
    assert refused.value.errors[0]["permission"] == "complaints.answer"
    assert Complaint.objects.get(pk=made.id).state == "with_platform"
