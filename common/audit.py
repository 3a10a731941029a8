"""Sealing and verifying the audit trail (leaf hashes by trigger; Merkle root, chained and signed head here).

Three layers, each needed (research: security, 2.b): roots catch edited entries, signed heads kept elsewhere catch
rewritten history, and replay — fold(entries) = row — catches changes made with the trigger switched off.
"""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from common import clock
from common.db.sqlfiles import sql_text
from common.models import AuditEpoch
from common.signing import canonical, key_id, server_sign, server_verify


@dataclass
class AuditReport:
    """What `audit verify` found."""

    epochs: int = 0
    entries: int = 0
    problems: list[str] = field(default_factory=list)


def merkle_root(leaves: list[bytes]) -> bytes:
    """The root of a binary hash tree (RFC 6962 prefixes: 0x00 leaf, 0x01 node); empty → hash of nothing."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    level = [hashlib.sha256(b"\x00" + leaf).digest() for leaf in leaves]
    while len(level) > 1:
        pairs = [level[i : i + 2] for i in range(0, len(level), 2)]
        level = [hashlib.sha256(b"\x01" + b"".join(pair)).digest() if len(pair) == 2 else pair[0] for pair in pairs]
    return level[0]


def _fetch(name: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql_text("common", name), values)
        return list(cursor.fetchall())


def _head_payload(first: int, after: int, count: int, root: bytes, previous: bytes) -> dict[str, Any]:
    return {"first_xid": first, "next_xid": after, "entries": count, "root": root.hex(), "previous": previous.hex()}


def _head(previous: bytes, root: bytes, payload: dict[str, Any]) -> bytes:
    """What the next epoch is chained to."""
    return hashlib.sha256(previous + root + canonical(payload)).digest()


@transaction.atomic
def audit_seal() -> AuditEpoch | None:
    """Seal every entry whose transaction has ended since the last epoch; None when there is nothing new.

    Two sealers at once meet at the unique end of an epoch: the second one fails and seals nothing.
    """
    last = AuditEpoch.objects.order_by("-next_xid").first()
    first = last.next_xid if last else 0
    after = int(_fetch("audit_horizon", [])[0][0])
    leaves = [bytes(row[0]) for row in _fetch("audit_leaves", [first, after])]
    if not leaves:
        return None
    previous = bytes(last.head) if last else b"\x00" * 32
    root = merkle_root(leaves)
    payload = _head_payload(first, after, len(leaves), root, previous)
    signed = server_sign(payload)
    head = _head(previous, root, payload)
    return AuditEpoch.objects.create(
        first_xid=first, next_xid=after, entries=len(leaves), root=root, previous=previous, head=head,
        signature=signed["signature"], key_id=key_id(), sealed_at=clock.real_now(),
    )


def audit_verify(*, replay: bool = True) -> AuditReport:
    """Check leaves, roots, the chain of heads, signatures, and that the trail replays to the tables."""
    report = AuditReport()
    for row in _fetch("audit_bad_leaves", []):
        report.problems.append(f"entry {row[0]}: its content does not match its leaf")
    previous = b"\x00" * 32
    for epoch in AuditEpoch.objects.order_by("next_xid"):
        _verify_epoch(epoch, previous, report)
        previous = bytes(epoch.head)
    if replay:
        _verify_replay(report)
    return report


def _verify_epoch(epoch: AuditEpoch, previous: bytes, report: AuditReport) -> None:
    leaves = [bytes(row[0]) for row in _fetch("audit_leaves", [epoch.first_xid, epoch.next_xid])]
    root = merkle_root(leaves)
    report.epochs += 1
    report.entries += len(leaves)
    if root != bytes(epoch.root) or len(leaves) != epoch.entries:
        report.problems.append(f"epoch {epoch.pk}: entries were changed, removed or added after sealing")
    if bytes(epoch.previous) != previous:
        report.problems.append(f"epoch {epoch.pk}: the chain of heads is broken")
    payload = _head_payload(epoch.first_xid, epoch.next_xid, epoch.entries, bytes(epoch.root), bytes(epoch.previous))
    if _head(bytes(epoch.previous), bytes(epoch.root), payload) != bytes(epoch.head):
        report.problems.append(f"epoch {epoch.pk}: its head does not follow from its content")
    if not server_verify({"payload": payload, "signature": epoch.signature}):
        report.problems.append(f"epoch {epoch.pk}: the signature does not verify")


def _verify_replay(report: AuditReport) -> None:
    tables = [row[0] for row in _fetch("audit_tables", [])]
    for table in tables:
        for row_id, kind in _replay_differences(table):
            report.problems.append(f"{table}:{row_id}: {kind}")


def _replay_differences(table: str) -> list[tuple[int, str]]:
    from psycopg2 import sql

    statement = sql.SQL(sql_text("common", "audit_replay")).format(table=sql.Identifier(table))
    with connection.cursor() as cursor:
        cursor.execute(statement, {"name": table})
        return [(row[0], row[1]) for row in cursor.fetchall()]
