"""Taking a complaint in: one transaction from the words to the receipt, the authority and the clock."""

import secrets
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from common import clock
from common.db.acting import acting_as
from common.errors import NotYours, Refusal
from common.ids import uuid7
from common.money import Currency
from common.outbox import event_emit
from common.principal import Principal, system_principal
from common.transitions import transition_record
from common.vault import blind_index, vault_seal
from complaints.choices import Category, ClockKey, ComplaintState, ContactChannel, IdentityTier, Source
from complaints.events import COMPLAINT_FILED
from complaints.models import Complaint, ComplaintClock
from complaints.services.attachments import CheckedFile, attachment_store
from complaints.services.clocks import clocks_start
from complaints.services.drafts import draft_discard
from complaints.services.notices import complainant_tell
from complaints.services.receipts import complaint_with_receipt, receipt_from_token, receipt_hashes, receipt_sign
from complaints.services.routing import complaint_route
from complaints.workflow import COMPLAINT
from platforms.selectors import platform_ref
from regulators.choices import BusinessLine
from regulators.selectors import authority_ref
from rulebook.home import home

INTAKE = system_principal("complaints.intake")
NARRATIVE_MIN, NARRATIVE_MAX = 10, 10_000


@dataclass(frozen=True)
class NewComplaint:
    """A complaint as told. `platform_id` for a registered platform, else `platform_text` as the consumer wrote it."""

    narrative: str
    category: str = Category.OTHER
    platform_id: int | None = None
    platform_text: str = ""
    business_line: str = ""
    region: str = "000000"
    happened_on: date | None = None
    amount: Decimal | None = None
    currency: str = home().currency
    contact_channel: str = ""
    contact_address: str = ""
    name: str = ""
    language: str = "zh-hans"
    source: str = Source.WEB
    attachment: CheckedFile | None = None
    form_token: str = ""
    draft_code: str = ""


@dataclass(frozen=True)
class FiledComplaint:
    """What the consumer is given. `receipt` is shown now and stored nowhere."""

    id: int
    public_id: str
    number: str
    receipt: str
    signed_receipt: dict[str, Any]
    state: str
    authority: dict[str, str] | None
    due_on: date | None
    is_provisional: bool
    was_filed_before: bool = False


def _refuse(field: str, code: str, message: Any, cure: Any) -> Refusal:
    return Refusal(f"complaint.{code}", message, field=field, cure=cure, status=422)


def _check_text(new: NewComplaint) -> None:
    if not NARRATIVE_MIN <= len(new.narrative.strip()) <= NARRATIVE_MAX:
        raise _refuse(
            "narrative",
            "narrative_length",
            _("The text has to have between 10 and 10,000 characters."),
            _("Say in a few sentences what happened."),
        )
    if new.platform_id is None and not new.platform_text.strip():
        raise _refuse(
            "platform",
            "platform_missing",
            _("We need to know which platform it is about."),
            _("Choose a registered platform, or write its name or web address."),
        )


def _check_codes(new: NewComplaint) -> None:
    known = {
        "category": (new.category, Category.values),
        "business_line": (new.business_line, ["", *BusinessLine.values]),
        "contact_channel": (new.contact_channel, ContactChannel.values),
        "language": (new.language, ["zh-hans", "en"]),
    }
    for field, (value, allowed) in known.items():
        if value not in allowed:
            raise _refuse(field, "code_unknown", _("This value is not known."), ", ".join(filter(None, allowed)))
    if len(new.region) != 6 or not (new.region.isascii() and new.region.isdigit()):
        raise _refuse(
            "region",
            "region_unknown",
            _("A region is six digits."),
            _("Write e.g. 110000, or 000000 if you do not know."),
        )


def _check_values(new: NewComplaint) -> None:
    if new.happened_on is not None and new.happened_on > clock.today():
        raise _refuse("happened_on", "date_in_future", _("The date lies in the future."), _("Correct the date."))
    if new.amount is not None and new.amount < 0:
        raise _refuse("amount", "amount_negative", _("An amount cannot be negative."), _("Leave the sign out."))
    Currency(new.currency)
    if new.contact_channel and not new.contact_address.strip():
        raise _refuse(
            "contact_address",
            "contact_missing",
            _("We need an address to reach you there."),
            _("Write it, or choose not to be contacted."),
        )


def _platform_facts(new: NewComplaint) -> tuple[str, str]:
    """(business line, region) that decide the authority: the platform's own when it is registered."""
    if new.platform_id is None:
        return new.business_line, new.region
    try:
        found = platform_ref(new.platform_id)
    except NotYours:
        raise _refuse(
            "platform",
            "platform_unknown",
            _("This platform is not in the register."),
            _("Search again, or choose “not listed”."),
        ) from None
    return found.business_line, found.region


def _tier(new: NewComplaint) -> str:
    return IdentityTier.REAL_NAME if new.name.strip() else IdentityTier.ANONYMOUS


def _create(new: NewComplaint, receipt: str, line: str, region: str) -> Complaint:
    person = uuid7()
    receipt_key, receipt_hash = receipt_hashes(receipt)

    def sealed(text: str) -> bytes | None:
        return vault_seal(person, text.strip()) if text.strip() else None

    address = new.contact_address if new.contact_channel else ""
    return Complaint.objects.create(
        state=ComplaintState.FILED,
        platform_id=new.platform_id,
        platform_text_sealed=sealed(new.platform_text),
        business_line=line,
        region=region,
        category=new.category,
        happened_on=new.happened_on,
        amount=new.amount,
        currency=new.currency,
        person=person,
        narrative_sealed=vault_seal(person, new.narrative.strip()),
        contact_channel=new.contact_channel,
        contact_sealed=sealed(address),
        contact_index=blind_index("contact", address) if address.strip() else "",
        name_sealed=sealed(new.name),
        identity_tier=_tier(new),
        receipt_key=receipt_key,
        receipt_hash=receipt_hash,
        language=new.language,
        source=new.source,
        filed_at=clock.now(),
    )


def _expected(clocks: list[ComplaintClock]) -> ComplaintClock | None:
    """The clock the consumer cares about: the platform's answer, or the authority's while the line is not known."""
    by_key = {item.key: item for item in clocks}
    return by_key.get(ClockKey.FIRST_ANSWER) or by_key.get(ClockKey.HANDLING)


def _answer(complaint: Complaint, clocks: list[ComplaintClock], receipt: str, *, before: bool) -> FiledComplaint:
    running = _expected(clocks)
    authority = authority_ref(complaint.owner_authority_id) if complaint.owner_authority_id else None
    return FiledComplaint(
        id=complaint.pk,
        public_id=str(complaint.public_id),
        number=complaint.number,
        receipt=receipt,
        signed_receipt=receipt_sign(complaint, receipt),
        state=complaint.state,
        authority=authority.name if authority else None,
        due_on=running.due_on if running else None,
        is_provisional=bool(running and running.is_provisional),
        was_filed_before=before,
    )


def complaint_file(*, actor: Principal, complaint: NewComplaint) -> FiledComplaint:
    """Take a complaint in, start its clock, route it, and hand out the receipt.

    The same form sent twice (same `form_token`) is one complaint with one receipt. The first clock starts at
    receipt, assigned or not. Refuses a text shorter than 10 or longer than 10,000 characters, an unknown platform,
    neither platform nor name, a date in the future, a negative amount, a channel without an address.
    """
    _check_text(complaint)
    _check_codes(complaint)
    _check_values(complaint)
    token = complaint.form_token or secrets.token_urlsafe(32)
    receipt = receipt_from_token(token)
    with acting_as(INTAKE):
        line, region = _platform_facts(complaint)
        _serialise(receipt)
        known = complaint_with_receipt(receipt)
        if known is not None:
            return _answer(known, list(known.clocks.all()), receipt, before=True)
        row = _create(complaint, receipt, line, region)
        _record_receipt(row, complaint)
        clocks = clocks_start(row)
        complaint_route(actor=INTAKE, complaint_id=row.pk)
        row.refresh_from_db(fields=["state", "owner_authority"])
        filed = _answer(row, clocks, receipt, before=False)
        _tell(row, filed)
    return filed


def _tell(row: Complaint, filed: FiledComplaint) -> None:
    language = "zh" if row.language.startswith("zh") else "en"
    authority = (filed.authority or {}).get(language, "–")
    complainant_tell(row, "received", authority=authority, date=filed.due_on.isoformat() if filed.due_on else "–")


def _record_receipt(row: Complaint, new: NewComplaint) -> None:
    """Attachment, first history row, event; the draft it came from ends."""
    if new.attachment is not None:
        attachment_store(row, new.attachment)
    transition_record(
        workflow=COMPLAINT,
        pk=row.pk,
        verb="file",
        source="",
        target=row.state,
        actor=INTAKE,
        data={"source": row.source},
    )
    event_emit(COMPLAINT_FILED, {"complaint_id": row.pk, "platform_id": row.platform_id})
    if new.draft_code:
        draft_discard(new.draft_code)


def _serialise(receipt: str) -> None:
    """Let two sendings of one form wait for each other (advisory lock until the end of the transaction)."""
    from django.db import connection

    from common.db.sqlfiles import sql_text

    key = int.from_bytes(receipt_hashes(receipt)[1].encode()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute(sql_text("complaints", "lock_receipt"), [key])
