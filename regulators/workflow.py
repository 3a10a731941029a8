"""The whole life of a joint meeting, its minutes, its actions and its questions to experts, on one page."""

from common.workflow import Edge, Workflow

MEETING_WORKFLOW = Workflow(
    subject="meeting",
    initial="preparing",
    edges=(
        Edge(
            "preparing", "convene", "convened", "meeting.run", guards=("has_day", "agenda_settled"), deadline="notice"
        ),
        Edge("convened", "postpone", "preparing", "meeting.run", guards=("reason",)),
        Edge("convened", "hold", "held", "meeting.run", guards=("day_reached", "quorum")),
        Edge("held", "close", "closed", "meeting.run", guards=("items_settled", "minutes_published")),
    ),
    final=frozenset({"closed"}),
)

MINUTES_WORKFLOW = Workflow(
    subject="minutes",
    initial="draft",
    edges=(
        Edge("draft", "approve", "approved", "minutes.approve", guards=("two_members",)),
        Edge("approved", "revise", "draft", "minutes.draft"),
        Edge("approved", "publish", "published", "minutes.draft"),
    ),
    final=frozenset({"published"}),
)

ACTION_WORKFLOW = Workflow(
    subject="action",
    initial="open",
    edges=(
        Edge("open", "report", "reported", "action.report", guards=("report_text",), deadline="due"),
        Edge("reported", "return", "open", "action.confirm", guards=("reason",)),
        Edge("reported", "confirm", "done", "action.confirm"),
    ),
    final=frozenset({"done"}),
)

QUESTION_WORKFLOW = Workflow(
    subject="question",
    initial="asked",
    edges=(
        Edge("asked", "publish", "published", "question.ask", guards=("all_in_or_past_due",), deadline="opinions"),
        Edge("asked", "withdraw", "withdrawn", "question.ask", guards=("reason",)),
    ),
    final=frozenset({"published", "withdrawn"}),
)

_WAITING = ("offered", "reminded", "raised", "before_meeting")
HANDOVER_WORKFLOW = Workflow(
    subject="handover",
    initial="offered",
    edges=(
        *(Edge(state, "accept", "accepted", "handover.answer", deadline="answer") for state in _WAITING),
        *(Edge(state, "refuse", "refused", "handover.answer", guards=("reason",)) for state in _WAITING),
        *(Edge(state, "withdraw", "withdrawn", "handover.offer", guards=("reason",)) for state in _WAITING),
        Edge("offered", "remind", "reminded", "handover.sweep", deadline="answer"),
        Edge("reminded", "raise", "raised", "handover.sweep", deadline="superior"),
        Edge("reminded", "bring", "before_meeting", "handover.sweep", deadline="meeting"),
        Edge("raised", "bring", "before_meeting", "handover.sweep", deadline="meeting"),
        Edge(
            "refused", "bring", "before_meeting", "handover.offer", guards=("reason", "no_other_open", "still_sender")
        ),
        Edge("before_meeting", "settle_moved", "settled_moved", "handover.settle", guards=("reason",)),
        Edge("before_meeting", "settle_stays", "settled_stays", "handover.settle", guards=("reason",)),
    ),
    final=frozenset({"accepted", "withdrawn", "settled_moved", "settled_stays"}),
)

_ASKED = ("open", "reminded", "raised", "before_meeting")
CONSULTATION_WORKFLOW = Workflow(
    subject="consultation",
    initial="open",
    edges=(
        *(
            Edge(state, "answer", "answered", "consultation.answer", guards=("answer",), deadline="opinion")
            for state in _ASKED
        ),
        *(Edge(state, "refuse", "refused", "consultation.answer", guards=("reason",)) for state in _ASKED),
        *(Edge(state, "withdraw", "withdrawn", "consultation.ask") for state in _ASKED),
        Edge("open", "remind", "reminded", "consultation.sweep", deadline="opinion"),
        Edge("reminded", "raise", "raised", "consultation.sweep", deadline="superior"),
        Edge("reminded", "bring", "before_meeting", "consultation.sweep", deadline="meeting"),
        Edge("raised", "bring", "before_meeting", "consultation.sweep", deadline="meeting"),
        Edge("refused", "bring", "before_meeting", "consultation.ask", guards=("reason", "still_sender")),
        Edge("before_meeting", "settle", "settled", "consultation.settle", guards=("reason",)),
    ),
    final=frozenset({"answered", "withdrawn", "settled"}),
)
