"""The whole life of a complaint on one page, as plain data.

A missed deadline escalates. No edge closes a complaint because time has passed, and none extinguishes the claim.
"""

from common.workflow import Edge, Workflow

_HANDLE = "CPL-01"
_ANSWER = "CMP20-01"
_WITHDRAW = "CMP20-04"
_SUPPLEMENT = "PBC20-02"

COMPLAINT = Workflow(
    subject="complaint",
    initial="filed",
    edges=(
        Edge("filed", "route", "routed", "complaints.route"),
        Edge("routed", "route", "routed", "complaints.route"),
        Edge("escalated", "route", "routed", "complaints.route"),
        Edge("routed", "forward", "with_platform", "complaints.forward", ("platform_is_listed",), "handling", _HANDLE),
        Edge(
            "escalated", "forward", "with_platform", "complaints.forward", ("platform_is_listed",), "handling", _HANDLE
        ),
        Edge("with_platform", "answer", "answered", "complaints.answer", deadline="first_answer", basis=_ANSWER),
        Edge("escalated", "answer", "answered", "complaints.answer", ("was_forwarded",), basis=_ANSWER),
        Edge("answered", "return", "with_platform", "complaints.return"),
        Edge("routed", "close", "closed", "complaints.close"),
        Edge("answered", "close", "closed", "complaints.close"),
        Edge("escalated", "close", "closed", "complaints.close"),
        # A question to the complainant: the clocks stand still, the state stays. A hand-over changes the owner alone.
        # What the complainant adds unasked moves no clock.
        *(
            edge
            for state in ("routed", "with_platform", "answered", "escalated")
            for edge in (
                Edge(state, "ask_supplement", state, "complaints.ask", ("nothing_is_asked",), basis=_SUPPLEMENT),
                Edge(state, "supplement", state, "complaints.supplement", ("something_is_asked",), basis=_SUPPLEMENT),
                Edge(state, "add", state, "complaints.supplement", ("few_additions",)),
                Edge(state, "extend", state, "complaints.extend", basis=_ANSWER),
                Edge(state, "hand_over", state, "complaints.hand_over"),
            )
        ),
        # The clock ran out. Whoever sits on the complaint, it moves up and stays open.
        Edge("filed", "escalate", "escalated", "complaints.escalate", ("is_overdue",)),
        Edge("routed", "escalate", "escalated", "complaints.escalate", ("is_overdue",)),
        Edge("with_platform", "escalate", "escalated", "complaints.escalate", ("is_overdue",)),
        # The procedure ends on the day a withdrawal is received.
        Edge("filed", "withdraw", "withdrawn", "complaints.withdraw", basis=_WITHDRAW),
        Edge("routed", "withdraw", "withdrawn", "complaints.withdraw", basis=_WITHDRAW),
        Edge("with_platform", "withdraw", "withdrawn", "complaints.withdraw", basis=_WITHDRAW),
        Edge("answered", "withdraw", "withdrawn", "complaints.withdraw", basis=_WITHDRAW),
        Edge("escalated", "withdraw", "withdrawn", "complaints.withdraw", basis=_WITHDRAW),
    ),
    final=frozenset({"closed", "withdrawn"}),
)
