"""Messages to people. Without a mail server they stay in the local outbox, which staff can open."""

import uuid

from common.models import OutgoingMessage


def notice_send(
    *, channel: str, subject_ref: str, title: str, body: str, language: str,
    person: uuid.UUID | None = None, address_sealed: bytes | None = None,
) -> int:
    """Write a message in the caller's transaction and return its number. The address must be sealed already."""
    return OutgoingMessage.objects.create(
        channel=channel, subject_ref=subject_ref, person=person, address_sealed=address_sealed,
        title=title, body=body, language=language,
    ).pk
