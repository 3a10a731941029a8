"""A supplement: the authority asks, the clocks stand still, the complainant answers with the receipt.

While the matter is open the complainant may also add something unasked; that moves no clock.
"""

from django.utils.translation import gettext_lazy as _

from common.db.acting import acting_as
from common.errors import Refusal
from common.principal import Principal, system_principal
from complaints.choices import ReplyKind
from complaints.services.answering import reply_store
from complaints.services.clocks import clocks_refresh
from complaints.services.notices import complainant_tell
from complaints.services.receipts import complaint_with_receipt
from complaints.services.steps import step

TEXT_MIN, TEXT_MAX = 5, 10_000
HOLDER = system_principal("complaints.holder")


def _check(text: str, field: str) -> None:
    if not TEXT_MIN <= len(text.strip()) <= TEXT_MAX:
        raise Refusal(
            "complaint.supplement_length",
            _("The text has to have between 5 and 10,000 characters."),
            field=field,
            cure=_("Write one clear sentence or more."),
            status=422,
        )


def supplement_request(*, actor: Principal, complaint_id: int, question: str) -> int:
    """Ask the complainant for what is missing; the clocks stand still until the answer comes.

    Refuses without permission, a second question while one is open, an ended complaint, and a text outside 5 to
    10,000 characters. The complainant is told. Source: cases register, C7; PBOC Order 5 of 2020 (time runs from the
    completion of the supplement; article not confirmed).
    """
    _check(question, "question")
    with acting_as(actor):
        row = step(actor=actor, pk=complaint_id, verb="ask_supplement")
        reply_store(row, actor, ReplyKind.QUESTION, "", question)
        clocks_refresh(row)
        complainant_tell(row, "supplement")
    return complaint_id


def supplement_give(*, receipt: str, text: str) -> bool:
    """The holder of the receipt answers the question; the clocks go on. False for an unknown receipt, no more said.

    Refuses when nothing is asked, when the complaint has ended, and a text outside 5 to 10,000 characters. Nobody
    may ask for papers that were given before (CBIRC Order 3 of 2020): the answer is kept with the complaint.
    """
    _check(text, "supplement")
    with acting_as(HOLDER):
        row = complaint_with_receipt(receipt)
        if row is None:
            return False
        row = step(actor=HOLDER, pk=row.pk, verb="supplement")
        reply_store(row, HOLDER, ReplyKind.SUPPLEMENT, "", text)
        clocks_refresh(row)
    return True


def information_add(*, receipt: str, text: str) -> bool:
    """The holder of the receipt adds something unasked. No clock moves. False for an unknown receipt, no more said.

    Refuses an ended complaint and one that no authority has received yet, a sixth addition, and a text outside 5 to
    10,000 characters.
    """
    _check(text, "supplement")
    with acting_as(HOLDER):
        row = complaint_with_receipt(receipt)
        if row is None:
            return False
        row = step(actor=HOLDER, pk=row.pk, verb="add")
        reply_store(row, HOLDER, ReplyKind.ADDITION, "", text)
    return True
