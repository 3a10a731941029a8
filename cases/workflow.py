"""The whole life of a case on one page."""

from common.workflow import Edge, Workflow

CASE_WORKFLOW = Workflow(
    subject="case",
    initial="open",
    edges=(
        Edge("open", "assign", "assigned", "case.assign", deadline="review"),
        Edge("assigned", "assign", "assigned", "case.reassign"),
        Edge("assigned", "review", "under_review", "case.work"),
        Edge("under_review", "propose_measures", "measures_proposed", "case.work"),
        Edge("measures_proposed", "review", "under_review", "case.work"),
        Edge("under_review", "close", "closed", "case.close"),
        Edge("measures_proposed", "close", "closed", "case.close"),
        *(
            Edge(state, "hand_over", "open", "case.hand_over")
            for state in ("open", "assigned", "under_review", "measures_proposed")
        ),
        Edge("closed", "reopen", "open", "case.reopen", guards=("no_other_open_case",)),
    ),
    final=frozenset({"closed"}),
)
