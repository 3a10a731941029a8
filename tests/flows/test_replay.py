"""A finding made again from its stored query and its own file: identical, or how it differs, or why it cannot be."""

import uuid
from datetime import datetime
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

from analytics.lake import Lake
from common import clock
from common.errors import NotYours, Refusal
from common.jobs import jobs_drain
from common.principal import Principal, system_principal
from platforms.models import Finding
from platforms.services import finding_replay
from tests.factories import platforms as make
from tests.factories import rulebook as rules

pytestmark = pytest.mark.django_db

IN_TIME = datetime(2017, 7, 10, 9, tzinfo=clock.LEGAL_ZONE)
SYSTEM = system_principal("test")


@pytest.fixture
def found() -> Finding:
    """One borrower above the limit on one platform."""
    rules.cn_loaded()
    loans = [make.loan(loan_id=f"L-{at}", outstanding_principal="150000.00") for at in (1, 2)]
    with clock.frozen(IN_TIME):
        make.filer().file(make.csv_of(*loans), "loan_book")
        jobs_drain()
    return Finding.objects.get(rule_id="P2P16-17")


def lake_file(finding: Finding) -> Path:
    return Lake.from_env().path(finding.revision.lake_key)


def rows() -> dict[str, int]:
    tables = set(connection.introspection.table_names())
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.db_table in tables]
    return {model._meta.label: model._base_manager.count() for model in models}


def test_a_finding_comes_out_as_it_was_stored(found):
    before = rows()
    again = finding_replay(actor=SYSTEM, finding=found.public_id)
    assert (again.is_identical, again.is_same_engine, again.differences) == (True, True, ())
    assert (again.rule_id, again.file_sha256) == ("P2P16-17", found.revision.lake_sha256)
    assert rows() == before


def test_every_finding_of_every_rule_form_replays(found):
    queries = list(Finding.objects.exclude(compiled_sql=""))
    assert {row.rule_id for row in queries} >= {"P2P16-17"}
    replayed = [finding_replay(actor=SYSTEM, finding=row.public_id) for row in queries]
    assert [one.rule_id for one in replayed if not one.is_identical] == []


def test_a_finding_over_all_platforms_reads_what_had_been_accepted_then():
    rules.cn_loaded()
    loan = make.loan(principal_amount="190000.00", outstanding_principal="190000.00")
    with clock.frozen(IN_TIME):
        for _ in range(6):
            make.filer().file(make.csv_of(loan), "loan_book")
        jobs_drain()
    found = Finding.objects.get(rule_id="P2P16-18")
    with clock.frozen(datetime(2017, 7, 11, 9, tzinfo=clock.LEGAL_ZONE)):
        make.filer().file(make.csv_of(loan), "loan_book")
        jobs_drain()
    assert finding_replay(actor=SYSTEM, finding=found.public_id).is_identical


def test_evidence_of_a_row_rule_is_compared_row_by_row_where_its_file_has_more_columns():
    rules.cn_loaded()
    loans = [make.loan(loan_id=f"L-{at}", annual_rate_percent="40.0000") for at in (1, 2)]
    with clock.frozen(IN_TIME):
        make.filer().file(make.csv_of(*loans), "loan_book")
        jobs_drain()
    found = Finding.objects.get(rule_id="SPCL-01-void")
    assert finding_replay(actor=SYSTEM, finding=found.public_id).is_identical
    Finding.objects.filter(pk=found.pk).update(evidence_key="", evidence_sha256="0" * 64)
    again = finding_replay(actor=SYSTEM, finding=found.public_id)
    assert [(one.what, one.stored) for one in again.differences] == [("evidence", "missing")]


def test_another_stored_figure_is_named(found):
    Finding.objects.filter(pk=found.pk).update(measured="1.00", count=7)
    again = finding_replay(actor=SYSTEM, finding=found.public_id)
    assert [(one.what, one.stored, one.now) for one in again.differences] == [
        ("count", "7", "2"), ("measured", "1.00", "300000.00"),
    ]  # fmt: skip


def test_a_stored_subject_that_nobody_is_any_more_is_named(found):
    Finding.objects.filter(pk=found.pk).update(subject="bt-nobody")
    again = finding_replay(actor=SYSTEM, finding=found.public_id)
    assert [(one.what, one.now) for one in again.differences] == [("outcome", "failed for other subjects")]


def test_another_engine_is_said(found):
    Finding.objects.filter(pk=found.pk).update(engine="duckdb 0.1")
    again = finding_replay(actor=SYSTEM, finding=found.public_id)
    assert (again.is_identical, again.is_same_engine, again.engine_stored) == (True, False, "duckdb 0.1")


def refusal(finding: Finding) -> str:
    with pytest.raises(Refusal) as refused:
        finding_replay(actor=SYSTEM, finding=finding.public_id)
    assert refused.value.cure
    return refused.value.code


def test_a_missing_file_is_refused(found):
    lake_file(found).unlink()
    assert refusal(found) == "replay.file_missing"


def test_a_changed_file_is_refused(found):
    path = lake_file(found)
    path.chmod(0o640)
    path.write_bytes(path.read_bytes() + b"\0")
    assert refusal(found) == "replay.file_changed"


def test_a_finding_of_a_term_is_refused(found):
    Finding.objects.filter(pk=found.pk).update(compiled_sql="")
    assert refusal(found) == "replay.no_query"


def test_a_query_that_is_not_allowed_is_refused_and_not_run(found):
    Finding.objects.filter(pk=found.pk).update(
        compiled_sql="SELECT loan_id AS subject, 1 AS measured, 1 AS threshold FROM loan_book, read_text('/etc/passwd')"
    )
    assert refusal(found) == "replay.sql_refused"


@pytest.mark.parametrize("kind", ["public", "staff"])
def test_who_may_not_see_a_finding_may_not_replay_it(found, kind):
    actor = Principal(kind=kind, label="测试用户甲")
    with pytest.raises(NotYours):
        finding_replay(actor=actor, finding=found.public_id)
    with pytest.raises(NotYours):
        finding_replay(actor=SYSTEM, finding=uuid.uuid4())
