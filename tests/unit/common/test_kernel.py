"""The kernel's promises: exact values, refusals, nothing half-done."""

import uuid
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from common import clock, jobs, outbox
from common.db.acting import acting_as, current_principal
from common.errors import Refusal
from common.ids import normalise_receipt, receipt_number, uuid7
from common.models import AuditEntry, InboxKey, Job, OutboxEvent, OutgoingMessage
from common.money import parse_amount
from common.principal import Principal, public_principal, system_principal
from common.signing import server_sign, server_verify
from common.vault import blind_index, person_forget, vault_open, vault_seal


def test_uuid7_is_version_7_and_ordered_by_time():
    first, second = uuid7(), uuid7()
    assert first.version == 7
    assert first.variant == uuid.RFC_4122
    assert (first.int >> 80) <= (second.int >> 80)


def test_receipt_number_carries_100_bits_and_survives_typing():
    number = receipt_number()
    assert len(number.replace("-", "")) == 20
    assert normalise_receipt(f" {number.lower().replace('-', ' ')} ") == number
    assert normalise_receipt("oIl0") == "0110"


@pytest.mark.parametrize("text", ["1e5", "NaN", "1.234", "1,000", "１２", "", "+1", " 1", "01", "9" * 19, 5, 1.5, None])
def test_amount_refuses_what_is_not_exact(text):
    with pytest.raises(Refusal) as refusal:
        parse_amount(text)
    assert refusal.value.code == "amount.invalid"


def test_amount_keeps_every_digit():
    assert str(parse_amount("123456789012345678.90")) == "123456789012345678.90"
    assert str(parse_amount("-0.5")) == "-0.50"


def test_clock_is_frozen_only_inside():
    with clock.frozen("2017-07-10T09:00:00+08:00"):
        assert clock.today().isoformat() == "2017-07-10"
        assert clock.now().isoformat() == "2017-07-10T01:00:00+00:00"
    assert clock.today().year >= 2026


def test_signature_covers_the_payload():
    signed = server_sign({"rows": 3, "名": "值"})
    assert server_verify(signed)
    assert not server_verify({**signed, "payload": {"rows": 4, "名": "值"}})


@pytest.mark.django_db
def test_vault_opens_only_for_the_same_person_and_never_after_erasure():
    subject, other = uuid.uuid4(), uuid.uuid4()
    sealed = vault_seal(subject, "测试用户甲 13900000000")
    assert b"13900000000" not in sealed
    assert vault_open(subject, sealed) == "测试用户甲 13900000000"
    vault_seal(other, "x")
    with pytest.raises(Refusal, match=r"vault\.damaged"):
        vault_open(other, sealed)
    assert person_forget(subject)
    with pytest.raises(Refusal, match=r"person\.forgotten"):
        vault_open(subject, sealed)
    assert blind_index("email", " A@b.example ") == blind_index("email", "a@B.example")
    assert blind_index("email", "a@b.example") != blind_index("phone", "a@b.example")


@pytest.mark.django_db
def test_the_trail_is_written_by_trigger_and_cannot_be_changed():
    message = OutgoingMessage.objects.create(channel="letter", subject_ref="t:1", title="a", body="b", language="en")
    OutgoingMessage.objects.filter(pk=message.pk).update(title="c")
    entries = list(AuditEntry.objects.filter(table_name="common_outgoingmessage", row_id=message.pk).order_by("id"))
    assert [(entry.op, entry.actor) for entry in entries] == [("INSERT", "system:test"), ("UPDATE", "system:test")]
    assert entries[1].body == {"title": "c"}
    for verb in (lambda: AuditEntry.objects.filter(pk=entries[0].pk).update(actor="x"), entries[0].delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            verb()


@pytest.mark.django_db
def test_acting_as_restores_the_outer_principal_for_python_and_database():
    def seen() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('lianxi.kind', true)")
            return cursor.fetchone()[0]

    staff = Principal(kind="staff", label="officer:1", authority_ids=(7,))
    with acting_as(staff):
        assert (current_principal(), seen()) == (staff, "staff")
        with acting_as(public_principal()):
            assert seen() == "public"
        assert seen() == "staff"
        with pytest.raises(ZeroDivisionError), acting_as(public_principal()):
            _ = 1 / 0
        assert seen() == "staff"
    assert seen() == "system"


@pytest.mark.django_db(transaction=True)
def test_without_a_principal_the_database_refuses():
    with pytest.raises(DatabaseError, match="no principal"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT lianxi_kind()")


@pytest.mark.django_db
def test_an_event_is_taken_once_however_often_it_is_delivered():
    seen = []
    outbox.subscriber("test.topic", name="tests.counter")(lambda event: seen.append(event.payload["n"]))
    event_id = outbox.event_emit("test.topic", {"n": 5})
    assert outbox.event_deliver(event_id, "tests.counter") is True
    assert outbox.event_deliver(event_id, "tests.counter") is False
    assert seen == [5]
    assert InboxKey.objects.filter(event_id=event_id).count() == 1
    assert OutboxEvent.objects.get(pk=event_id).closed_at is not None


@pytest.mark.django_db
def test_a_failing_subscriber_leaves_the_event_open_and_nothing_written():
    def fail(event: outbox.Event) -> None:
        OutgoingMessage.objects.create(channel="x", subject_ref="half", title="t", body="b", language="en")
        raise ValueError("no")

    outbox.subscriber("test.fails", name="tests.fails")(fail)
    event_id = outbox.event_emit("test.fails", {})
    with pytest.raises(ValueError, match="no"):
        outbox.event_deliver(event_id, "tests.fails")
    assert OutboxEvent.objects.get(pk=event_id).closed_at is None
    assert not InboxKey.objects.filter(event_id=event_id).exists()
    assert not OutgoingMessage.objects.filter(subject_ref="half").exists()


@pytest.mark.django_db(transaction=True)
def test_news_and_work_outside_a_transaction_are_refused():
    with pytest.raises(RuntimeError):
        outbox.event_emit("test.topic", {})
    with pytest.raises(RuntimeError):
        jobs.job_enqueue(kind="tests.job", key="1", args={}, queue="filing")


@pytest.mark.django_db
def test_a_job_is_enqueued_once_and_finished_with_its_writes():
    @jobs.job_handler("tests.job")
    def handle(run: jobs.JobRun) -> None:
        run.progress("half", done=1, total=2)
        with run.finish({"rows": 2}) as result:
            result["more"] = True

    first = jobs.job_enqueue(kind="tests.job", key="k", args={}, queue="filing")
    assert jobs.job_enqueue(kind="tests.job", key="k", args={"x": 1}, queue="filing") == first
    assert jobs.job_run(first) is True
    assert jobs.job_run(first) is False
    status = jobs.job_of("tests.job", "k")
    assert (status.state, status.result, status.done, status.total) == ("done", {"rows": 2, "more": True}, 1, 2)


@pytest.mark.django_db
def test_a_run_that_lost_its_lease_keeps_nothing():
    @jobs.job_handler("tests.zombie")
    def handle(run: jobs.JobRun) -> None:
        Job.objects.filter(pk=run.id).update(lease_owner=uuid.uuid4())  # another worker took over meanwhile
        with run.finish():
            OutgoingMessage.objects.create(channel="x", subject_ref="zombie", title="t", body="b", language="en")

    pk = jobs.job_enqueue(kind="tests.zombie", key="z", args={}, queue="filing")
    assert jobs.job_run(pk) is False
    assert not OutgoingMessage.objects.filter(subject_ref="zombie").exists()
    assert Job.objects.get(pk=pk).state == "running"


@pytest.mark.django_db
def test_a_failing_job_is_queued_again_and_ends_failed_after_a_refusal():
    @jobs.job_handler("tests.breaks")
    def breaks(run: jobs.JobRun) -> None:
        raise OSError("disk")

    @jobs.job_handler("tests.refuses")
    def refuses(run: jobs.JobRun) -> None:
        raise Refusal("x.no", "no")

    again = jobs.job_enqueue(kind="tests.breaks", key="b", args={}, queue="filing")
    final = jobs.job_enqueue(kind="tests.refuses", key="r", args={}, queue="filing")
    assert jobs.jobs_drain() == 0
    assert Job.objects.get(pk=again).state == "queued"
    assert Job.objects.get(pk=again).error == "OSError: disk"
    assert Job.objects.get(pk=final).state == "failed"
    assert jobs.job_redrive(final)
    assert not jobs.job_redrive(again)


@pytest.mark.django_db
def test_an_expired_lease_is_taken_over_a_fresh_one_is_not():
    pk = jobs.job_enqueue(kind="tests.job", key="lease", args={}, queue="filing")
    assert jobs.job_claim(pk) is not None
    assert jobs.job_claim(pk) is None
    Job.objects.filter(pk=pk).update(lease_until=clock.real_now() - timedelta(seconds=1))
    assert jobs.job_claim(pk).attempt == 2


def test_system_principal_has_every_role_and_public_none():
    assert system_principal("x").has_role("supervisor")
    assert not public_principal().has_role("supervisor")


@pytest.mark.django_db
def test_a_job_that_always_takes_its_worker_down_ends_failed():
    pk = jobs.job_enqueue(kind="tests.job", key="poison", args={}, queue="filing")
    Job.objects.filter(pk=pk).update(attempt=jobs.MAX_CLAIMS)
    assert jobs.job_claim(pk) is None
    row = Job.objects.get(pk=pk)
    assert (row.state, row.attempt) == ("failed", jobs.MAX_CLAIMS + 1)
    assert "died" in row.error
