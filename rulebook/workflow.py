"""The life of a rule that staff write, on one page. What is in force is never edited: a change is a new draft."""

from common.workflow import Edge, Workflow

RULE_DRAFT = Workflow(
    subject="rule_draft",
    initial="draft",
    edges=(
        Edge("draft", "submit", "submitted", "rule.edit", guards=("changed", "sound", "present_base")),
        Edge("draft", "discard", "discarded", "rule.edit"),
        Edge("submitted", "take_back", "draft", "rule.take_back"),
        Edge("submitted", "reject", "draft", "rule.approve", guards=("reason",)),
        Edge(
            "submitted", "approve", "approved", "rule.approve",
            guards=("second_person", "changed", "sound", "present_base", "past_day"),
        ),
        Edge("approved", "withdraw", "withdrawn", "rule.withdraw"),
    ),
    final=frozenset({"withdrawn", "discarded"}),
)
