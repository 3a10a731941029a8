"""Sealing and verifying: every kind of tampering is found, honest work is not accused."""

import time

import psycopg2
import pytest
from django.db import ProgrammingError, connection, transaction

from common import audit
from common.db.acting import acting_as
from common.models import AuditEntry, AuditEpoch, OutgoingMessage
from common.principal import system_principal
from tests.environment import NAME, postgres

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sealed() -> list[int]:
    """Five messages, one changed, one deleted, sealed."""
    with acting_as(system_principal("test")):
        rows = [
            OutgoingMessage.objects.create(channel="x", subject_ref=f"r:{n}", title="t", body="b", language="en")
            for n in range(5)
        ]
        OutgoingMessage.objects.filter(pk=rows[0].pk).update(title="changed")
        rows[4].delete()
    _seal_everything()
    return [row.pk for row in rows[:4] if row.pk]


def _seal_everything() -> None:
    """Other transactions of the cluster hold the horizon back for a moment: seal until nothing is left open."""
    for _ in range(900):
        with acting_as(system_principal("test")):
            audit.audit_seal()
            newest = AuditEpoch.objects.order_by("-next_xid").first()
            if newest and not AuditEntry.objects.filter(xid__gte=newest.next_xid).exists():
                assert audit.audit_seal() is None
                return
        time.sleep(0.1)
    raise AssertionError("the horizon did not move in 90 s")


def as_owner(*statements: str) -> None:
    """What somebody with the owning role could do behind our back."""
    with psycopg2.connect(postgres.dsn(NAME, "owner")) as line, line.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def problems() -> list[str]:
    with acting_as(system_principal("test")):
        return audit.audit_verify().problems


def test_honest_work_is_not_accused(sealed):
    assert problems() == []


UNWATCHED = "ALTER TABLE common_outgoingmessage DISABLE TRIGGER ALL"
OFF = "ALTER TABLE common_auditentry DISABLE TRIGGER ALL"


@pytest.mark.parametrize(
    "tamper",
    [
        [OFF, "UPDATE common_auditentry SET body = '{}' WHERE op = 'UPDATE'"],
        [OFF, "UPDATE common_auditentry SET actor = 'someone'"],
        [OFF, "DELETE FROM common_auditentry WHERE op = 'UPDATE'"],
        ["UPDATE common_auditepoch SET root = '\\x00'"],
        ["UPDATE common_auditepoch SET signature = 'AAAA'"],
        ["UPDATE common_auditepoch SET entries = entries - 1"],
        ["UPDATE common_auditepoch SET head = '\\x00'"],
        [UNWATCHED, "UPDATE common_outgoingmessage SET title = 'forged'"],
        [UNWATCHED, "DELETE FROM common_outgoingmessage"],
    ],
)
def test_tampering_is_found(sealed, tamper):
    as_owner(*tamper)
    assert problems() != []


def test_the_serving_role_cannot_touch_the_trail(sealed):
    for statement in ("DELETE FROM common_auditentry", "UPDATE common_auditepoch SET entries = 0"):
        denied = pytest.raises(ProgrammingError, match="permission denied")
        with acting_as(system_principal("test")), connection.cursor() as cursor, denied, transaction.atomic():
            cursor.execute(statement)
    assert AuditEpoch.objects.exists()
