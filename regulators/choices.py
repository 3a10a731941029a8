"""Codes of the supervision map: stable English values, labels for people."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.workflow import workflow_worded


class BusinessLine(models.TextChoices):
    """The seven lines of internet finance that the 2015 Guiding Opinions divide among the authorities."""

    P2P_LENDING = "p2p_lending", _("P2P lending")
    PAYMENT = "payment", _("Internet payment")
    EQUITY_CROWDFUNDING = "equity_crowdfunding", _("Equity crowdfunding")
    FUND_SALES = "fund_sales", _("Internet fund sales")
    INTERNET_INSURANCE = "internet_insurance", _("Internet insurance")
    INTERNET_TRUST = "internet_trust", _("Internet trust")
    CONSUMER_FINANCE = "consumer_finance", _("Internet consumer finance")


class AuthorityKind(models.TextChoices):
    """What sort of body an authority is in the central + local system (paper 000, section 3.1)."""

    CENTRAL = "central", _("Central body")
    LOCAL_BRANCH = "local_branch", _("Local branch of a central body")
    LOCAL_OFFICE = "local_office", _("Local finance office")
    INFORMATION = "information", _("Information authority")
    CRIME = "crime", _("Police")
    REGISTRATION = "registration", _("Market regulation")
    INVITED = "invited", _("Invited to the joint meeting")
    ASSOCIATION = "association", _("Industry association")


class MandateRole(models.TextChoices):
    """What is supervised. Two bodies on one line with two roles are no overlap."""

    INSTITUTION = "institution", _("Institution (licence and soundness)")
    CONDUCT = "conduct", _("Conduct of business")
    RULE_MAKING = "rule_making", _("Rule making")
    CONTENT = "content", _("Telecom and content")
    FUNDS = "funds", _("Client funds and depository")
    CRIME = "crime", _("Crime")


class Duty(models.TextChoices):
    """Whether the authority answers for the cell or helps the one that does."""

    LEAD = "lead", _("Lead")
    ASSIST = "assist", _("Assist")


class MapKind(models.TextChoices):
    """What a kept version of the map is about."""

    AUTHORITY = "authority", _("Authority")
    REGION = "region", _("Region")


class OfficerRole(models.TextChoices):
    """Roles a person may hold at an authority."""

    OFFICER = "officer", _("Officer")
    SECRETARIAT = "secretariat", _("Joint meeting secretariat")
    SUPERVISOR = "supervisor", _("Supervisor")
    ASSOCIATION = "association", _("Association staff")
    EXPERT = "expert", _("Expert adviser")
    AUDITOR = "auditor", _("Auditor")


class MeetingState(models.TextChoices):
    """Life of one quarterly joint meeting."""

    PREPARING = "preparing", _("In preparation")
    CONVENED = "convened", _("Convened")
    HELD = "held", _("Held")
    CLOSED = "closed", pgettext_lazy("joint meeting", "Closed")


class AgendaKind(models.TextChoices):
    """Why a matter reaches the joint meeting. The first three are the parts the mechanism prescribes."""

    IMPORTANT_MATTER = "important_matter", _("Important matter")
    POLICY_EFFECT = "policy_effect", _("Effect of existing policy")
    CONSULTATION = "consultation", _("Consultation and exchange")
    OVERLAP = "overlap", _("Overlapping supervision")
    GAP = "gap", _("Missing supervision")
    UNDECIDED = "undecided", _("Undecided product or duty")
    FOLLOW_UP = "follow_up", _("Follow-up of an action")


class AgendaState(models.TextChoices):
    """Life of one agenda item."""

    DRAFT = "draft", _("Draft")
    ACCEPTED = "accepted", _("On the agenda")
    DROPPED = "dropped", _("Dropped")
    MERGED = "merged", _("Merged into another item")
    WITHDRAWN = "withdrawn", pgettext_lazy("agenda item", "Withdrawn: the matter was answered")


class MeetingPart(models.TextChoices):
    """The three standing parts of every meeting (paper 000, section 3.4), in their order."""

    IMPORTANT = "important", _("Important matters")
    EFFECT = "effect", _("Effect of existing policy")
    EXCHANGE = "exchange", _("Consultation and exchange")


PART_OF_KIND: dict[str, MeetingPart] = {
    AgendaKind.IMPORTANT_MATTER: MeetingPart.IMPORTANT,
    AgendaKind.OVERLAP: MeetingPart.IMPORTANT,
    AgendaKind.GAP: MeetingPart.IMPORTANT,
    AgendaKind.UNDECIDED: MeetingPart.IMPORTANT,
    AgendaKind.POLICY_EFFECT: MeetingPart.EFFECT,
    AgendaKind.CONSULTATION: MeetingPart.EXCHANGE,
    AgendaKind.FOLLOW_UP: MeetingPart.EXCHANGE,
}


class ItemOutcome(models.TextChoices):
    """How the meeting left an item; an item without an outcome keeps the meeting open."""

    RESOLVED = "resolved", _("Resolved")
    NOTED = "noted", _("Taken note of")
    CARRIED_OVER = "carried_over", _("Carried over to the next meeting")
    WITHDRAWN = "withdrawn", pgettext_lazy("agenda item", "Withdrawn: the matter was answered")


class PaperKind(models.TextChoices):
    """What a paper of an agenda item is."""

    TEXT = "text", _("Text")
    LINK = "link", _("Web link")
    CASE = "case", _("Case")
    FINDING = "finding", _("Finding")
    COVERAGE = "coverage", _("Gaps and overlaps of supervision")
    EFFECT = "effect", _("Effect of a rule")


class Capacity(models.TextChoices):
    """In which capacity a body takes part. Only the convenor and members count for the quorum and vote."""

    CONVENOR = "convenor", _("Convenor")
    MEMBER = "member", _("Member")
    INVITEE = "invitee", _("Invited")
    PARTICIPANT = "participant", _("Takes part")


class AttendanceState(models.TextChoices):
    """Whether a body came."""

    EXPECTED = "expected", _("Expected")
    PRESENT = "present", _("Present")
    ABSENT = "absent", _("Absent")


class VoteChoice(models.TextChoices):
    """One body's vote on an item."""

    FOR = "for", _("For")
    AGAINST = "against", _("Against")
    ABSTAIN = "abstain", _("Abstains")


class ResolutionMode(models.TextChoices):
    """How a resolution came about."""

    CONSENT = "consent", _("By consent")
    VOTE = "vote", _("By vote")


class FollowsPanel(models.TextChoices):
    """Whether a resolution follows the experts."""

    NO_PANEL = "", _("No panel was asked")
    YES = "yes", _("Follows the experts")
    PARTLY = "partly", _("Follows the experts in part")
    NO = "no", _("Does not follow the experts")


class MinutesState(models.TextChoices):
    """Life of the minutes."""

    DRAFT = "draft", _("Draft")
    APPROVED = "approved", _("Approved by two members")
    PUBLISHED = "published", _("Published to the members")


class ActionState(models.TextChoices):
    """Life of an action item."""

    OPEN = "open", _("Open")
    REPORTED = "reported", _("Reported as done")
    DONE = "done", _("Done")


class ComplaintScope(models.TextChoices):
    """Which complaints stand beside a rule in its evaluation."""

    RULE = "rule", _("Complaints on the rule's subject")
    LINE = "line", _("All complaints of this line (context)")


class ExpertField(models.TextChoices):
    """Fields of experience by which a panel is chosen."""

    LAW = "law", _("Law")
    MARKET_ACCESS = "market_access", _("Market access and licensing")
    RISK = "risk", _("Risk and prudential supervision")
    ACCOUNTING = "accounting", _("Accounting and audit")
    PAYMENTS = "payments", _("Payments and client funds")
    TECHNOLOGY = "technology", _("Information technology and data")
    CONSUMER = "consumer", _("Consumer protection")
    STATISTICS = "statistics", _("Statistics and economics")


class InterestKind(models.TextChoices):
    """What an expert's interest is in."""

    PLATFORM = "platform", _("Platform")
    LINE = "line", _("Business line")
    AUTHORITY = "authority", _("Authority")


class QuestionState(models.TextChoices):
    """Life of a question to the experts."""

    ASKED = "asked", _("Asked; opinions sealed")
    PUBLISHED = "published", _("Opinions published to the members")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class SeatState(models.TextChoices):
    """An expert's place on a panel."""

    SEATED = "seated", _("On the panel")
    ANSWERED = "answered", _("Opinion given")
    RECUSED = "recused", _("Recused")


class HandOverState(models.TextChoices):
    """Life of a matter between two desks. The first four wait for an answer."""

    OFFERED = "offered", _("Waiting for an answer")
    REMINDED = "reminded", _("Overdue, reminded")
    RAISED = "raised", _("Overdue, with the superior body")
    BEFORE_MEETING = "before_meeting", _("Before the joint meeting")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    SETTLED_MOVED = "settled_moved", _("Settled by the joint meeting: moves")
    SETTLED_STAYS = "settled_stays", _("Settled by the joint meeting: stays")


OPEN_HAND_OVER = ("offered", "reminded", "raised", "before_meeting")
MOVED_HAND_OVER = ("accepted", "settled_moved")


class ConsultationState(models.TextChoices):
    """Life of a question to another authority. The first four wait for an answer."""

    OPEN = "open", _("Waiting for an opinion")
    REMINDED = "reminded", _("Overdue, reminded")
    RAISED = "raised", _("Overdue, with the superior body")
    BEFORE_MEETING = "before_meeting", _("Before the joint meeting")
    ANSWERED = "answered", _("Answered")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    SETTLED = "settled", _("Answered by the joint meeting")


OPEN_CONSULTATION = ("open", "reminded", "raised", "before_meeting")


class ConflictKind(models.TextChoices):
    """Conflicts of supervision that a rule can send somewhere."""

    ENTITY = "entity", _("Several bodies claim an institution, or none does")
    PERSON = "person", _("Several bodies claim a person, or none does")
    DISPUTE = "dispute", _("Two bodies dispute who is competent")
    CROSS_REGION = "cross_region", _("A matter reaches across provinces")


class Destination(models.TextChoices):
    """Where such a conflict goes."""

    REGISTERED_PLACE = "registered_place", _("The lead at the registered place")
    DOMICILE = "domicile", _("The lead at the domicile or habitual residence")
    COMMON_SUPERIOR = "common_superior", _("The lowest common superior body")
    JOINT_MEETING = "joint_meeting", _("The joint meeting")

class MeetingVerb(models.TextChoices):
    """What may be done with a joint meeting, as its refusals say it."""

    CONVENE = "convene", pgettext_lazy("step", "send the notice and freeze the papers")
    POSTPONE = "postpone", pgettext_lazy("step", "postpone the meeting")
    HOLD = "hold", pgettext_lazy("step", "open the sitting")
    CLOSE = "close", pgettext_lazy("step", "close the meeting")


class MinutesVerb(models.TextChoices):
    """What may be done with the minutes, as its refusals say it."""

    APPROVE = "approve", pgettext_lazy("step", "approve the minutes")
    REVISE = "revise", pgettext_lazy("step", "revise the minutes")
    PUBLISH = "publish", pgettext_lazy("step", "publish the minutes")


class ActionVerb(models.TextChoices):
    """What may be done with an action item, as its refusals say it."""

    REPORT = "report", pgettext_lazy("step", "report it as done")
    RETURN = "return", pgettext_lazy("step", "send it back")
    CONFIRM = "confirm", pgettext_lazy("step", "confirm that it is done")


class QuestionVerb(models.TextChoices):
    """What may be done with a question to experts, as its refusals say it."""

    PUBLISH = "publish", pgettext_lazy("step", "publish the opinions")
    WITHDRAW = "withdraw", pgettext_lazy("step", "withdraw the question")


class HandOverVerb(models.TextChoices):
    """What may be done with a hand-over, as its refusals say it."""

    ACCEPT = "accept", pgettext_lazy("step", "accept the hand-over")
    REFUSE = "refuse", pgettext_lazy("step", "refuse the hand-over")
    WITHDRAW = "withdraw", pgettext_lazy("step", "withdraw the hand-over")
    REMIND = "remind", pgettext_lazy("step", "remind the receiver")
    RAISE = "raise", pgettext_lazy("step", "raise it to the superior body")
    BRING = "bring", pgettext_lazy("step", "bring it before the joint meeting")
    SETTLE_MOVED = "settle_moved", pgettext_lazy("step", "settle it: the matter moves")
    SETTLE_STAYS = "settle_stays", pgettext_lazy("step", "settle it: the matter stays")


class ConsultationVerb(models.TextChoices):
    """What may be done with a consultation, as its refusals say it."""

    ANSWER = "answer", pgettext_lazy("step", "give the opinion")
    WITHDRAW = "withdraw", pgettext_lazy("step", "withdraw the consultation")
    SETTLE = "settle", pgettext_lazy("step", "answer it at the joint meeting")
    REFUSE = "refuse", pgettext_lazy("step", "refuse to give an opinion")
    REMIND = "remind", pgettext_lazy("step", "remind the receiver")
    RAISE = "raise", pgettext_lazy("step", "raise it to the superior body")
    BRING = "bring", pgettext_lazy("step", "bring it before the joint meeting")


workflow_worded("meeting", states=MeetingState.choices, verbs=MeetingVerb.choices)
workflow_worded("minutes", states=MinutesState.choices, verbs=MinutesVerb.choices)
workflow_worded("action", states=ActionState.choices, verbs=ActionVerb.choices)
workflow_worded("question", states=QuestionState.choices, verbs=QuestionVerb.choices)
workflow_worded("handover", states=HandOverState.choices, verbs=HandOverVerb.choices)
workflow_worded("consultation", states=ConsultationState.choices, verbs=ConsultationVerb.choices)
