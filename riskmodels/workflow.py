"""The life of a model version and of a warning, as plain data."""

from __future__ import annotations

from common.workflow import Edge, Workflow

MODEL_VERSION = Workflow(
    subject="model_version",
    initial="candidate",
    edges=(
        Edge("candidate", "propose", "candidate", permission="models.activate", guards=("gates_passed",)),
        Edge("candidate", "activate", "active", permission="models.activate", guards=("gates_passed", "second_person")),
        Edge("candidate", "reject", "retired", permission="models.activate"),
        Edge("active", "retire", "retired", permission="models.activate"),
        Edge("retired", "propose", "retired", permission="models.activate", guards=("gates_passed",)),
        Edge("retired", "activate", "active", permission="models.activate", guards=("gates_passed", "second_person")),
    ),
)

WARNING = Workflow(
    subject="warning",
    initial="open",
    edges=(
        Edge("open", "acknowledge", "acknowledged", permission="warnings.handle"),
        Edge("open", "close", "closed", permission="warnings.handle"),
        Edge("acknowledged", "close", "closed", permission="warnings.handle"),
    ),
    final=frozenset({"closed"}),
)
