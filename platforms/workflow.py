"""The life of a registration and of a filing, as plain data."""

from common.workflow import Edge, Workflow

_REGISTRATION = "Interim Measures for online lending intermediaries (2016-08-17), arts 5-6"

PLATFORM = Workflow(
    subject="platform",
    initial="pending",
    edges=(
        Edge("pending", "confirm", "registered", "platforms.confirm", ("is_competent",), basis=_REGISTRATION),
        Edge("registered", "suspend", "suspended", "platforms.suspend", ("is_competent",)),
        Edge("suspended", "resume", "registered", "platforms.suspend", ("is_competent",)),
        Edge("registered", "exit", "exited", "platforms.exit", ("is_competent",)),
        Edge("suspended", "exit", "exited", "platforms.exit", ("is_competent",)),
    ),
    final=frozenset({"exited"}),
)

FILING = Workflow(
    subject="filing",
    initial="open",
    edges=(
        Edge("open", "receive", "content_received", "filings.write"),
        Edge("content_received", "receive", "content_received", "filings.write"),
        Edge("content_received", "submit", "submitted", "filings.submit", ("is_new_content",)),
        Edge("submitted", "start", "processing", "filings.process"),
        Edge("processing", "accept", "accepted", "filings.process"),
        Edge("processing", "accept_with_findings", "accepted_with_findings", "filings.process"),
        Edge("processing", "return", "returned", "filings.process"),
        Edge("accepted", "find", "accepted_with_findings", "filings.process"),
        Edge("accepted", "correct", "open", "filings.open"),
        Edge("accepted_with_findings", "correct", "open", "filings.open"),
        Edge("returned", "correct", "open", "filings.open"),
        Edge("withdrawn", "correct", "open", "filings.open"),
        Edge("open", "withdraw", "withdrawn", "filings.write"),
        Edge("content_received", "withdraw", "withdrawn", "filings.write"),
    ),
)

VERDICT_VERB = {"accepted": "accept", "accepted_with_findings": "accept_with_findings", "returned": "return"}
