"""Codes of the supervision map: stable English values, labels for people."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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
    HELD = "held", _("Held")


class AgendaKind(models.TextChoices):
    """Why a matter reaches the joint meeting. The first three are the parts the mechanism prescribes."""

    IMPORTANT_MATTER = "important_matter", _("Important matter")
    POLICY_EFFECT = "policy_effect", _("Effect of existing policy")
    CONSULTATION = "consultation", _("Consultation and exchange")
    OVERLAP = "overlap", _("Overlapping supervision")
    GAP = "gap", _("Missing supervision")
    UNDECIDED = "undecided", _("Undecided product or duty")


class AgendaState(models.TextChoices):
    """Life of one agenda item."""

    DRAFT = "draft", _("Draft")
    ACCEPTED = "accepted", _("On the agenda")
    DROPPED = "dropped", _("Dropped")


class HandOverState(models.TextChoices):
    """Life of a matter between two desks. The first four wait for an answer."""

    OFFERED = "offered", _("Waiting for an answer")
    REMINDED = "reminded", _("Overdue, reminded")
    RAISED = "raised", _("Overdue, with the superior body")
    BEFORE_MEETING = "before_meeting", _("Before the joint meeting")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    SETTLED = "settled", _("Settled by the joint meeting")


OPEN_HAND_OVER = ("offered", "reminded", "raised", "before_meeting")


class ConsultationState(models.TextChoices):
    """Life of a question to another authority."""

    OPEN = "open", _("Waiting for an opinion")
    ANSWERED = "answered", _("Answered")
    WITHDRAWN = "withdrawn", _("Withdrawn")


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


# The inter-ministerial joint meeting is convened by the PBOC (State Council reply 国函〔2013〕91号,
# row JM13-01). It keeps a matter in hand until a lead is decided.
JOINT_MEETING_CONVENOR = "PBOC"
