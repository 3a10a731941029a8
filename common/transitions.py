"""The transition kernel: lock → edge → permission → guards → state → history → event, in one transaction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from common.errors import NotYours, Refusal
from common.models import Transition
from common.outbox import event_emit
from common.principal import Principal
from common.workflow import Edge, Workflow

M = TypeVar("M", bound=models.Model)
Permits = Callable[[Principal, str, Any], bool]
Guard = Callable[[Any], None]


@dataclass(frozen=True)
class TransitionRecord:
    """A step as shown to people."""

    verb: str
    source: str
    target: str
    at: datetime
    actor: str
    note: str
    data: dict[str, Any]


def _wrong_state(workflow: Workflow, state: str, verb: str, allowed: list[str]) -> Refusal:
    """The refusal in words; the codes stand beside them for machines."""
    code = f"{workflow.subject}.wrong_state"
    message = _("“%(verb)s” is not possible in the state “%(state)s”.") % {
        "verb": workflow.verb_said(verb), "state": workflow.state_said(state)
    }
    said = [str(workflow.verb_said(name)) for name in allowed]
    cure = (
        _("Possible for you now: %(allowed)s.") % {"allowed": pgettext("list", ", ").join(said)} if said
        else _("No step is open to you in this state.")
    )
    codes = {"state": state, "verb": verb, "allowed": allowed}
    entry = {"field": "state", "code": code, "message": message, "cure": cure, **codes}
    return Refusal(code, message, field="state", cure=cure, errors=[entry])


def _edge_or_refuse(workflow: Workflow, row: Any, verb: str, may: Callable[[str], bool]) -> Edge:
    edge = workflow.edge(row.state, verb)
    if edge is None:
        open_edges = (workflow.edge(row.state, name) for name in workflow.verbs_from(row.state))
        allowed = [step.verb for step in open_edges if step and may(step.permission)]
        raise _wrong_state(workflow, row.state, verb, list(dict.fromkeys(allowed)))
    return edge


def _permission_or_refuse(workflow: Workflow, edge: Edge, may: Callable[[str], bool]) -> None:
    if may(edge.permission):
        return
    code, message = f"{workflow.subject}.not_permitted", _("You may not do this.")
    cure = _("Ask a colleague who may do this step: “%(verb)s”.") % {"verb": workflow.verb_said(edge.verb)}
    entry = {"field": "", "code": code, "message": message, "cure": cure, "permission": edge.permission}
    raise Refusal(code, message, status=403, cure=cure, errors=[entry])


def transition_record(
    *, workflow: Workflow, pk: int, verb: str, source: str, target: str, actor: Principal, note: str = "",
    data: dict[str, Any] | None = None,
) -> None:
    """Append one history row (the first row of an object has an empty source)."""
    Transition.objects.create(
        subject_kind=workflow.subject, subject_id=pk, verb=verb, source=source, target=target,
        actor=actor.label, note=note, data=data or {},
    )


@transaction.atomic
def transition_apply(
    *,
    actor: Principal,
    workflow: Workflow,
    model: type[M],
    pk: int,
    verb: str,
    permits: Permits,
    guards: Mapping[str, Guard] | None = None,
    note: str = "",
    data: dict[str, Any] | None = None,
    topic: str = "",
) -> M:
    """Take one step of `workflow` on the row `pk` of `model` and return the row.

    Refuses with 404 when the row is not visible, `<subject>.wrong_state` when no edge leaves the current state by
    this verb, `<subject>.not_permitted` when the actor lacks the edge's permission, and whatever a guard says.
    Row-level policies and the audit trigger see the same transaction.
    """
    manager = model._default_manager  # noqa: SLF001 - Django's documented interface
    row = manager.select_for_update(of=("self",)).filter(pk=pk).first()
    if row is None:
        raise NotYours(workflow.subject)

    def may(permission: str) -> bool:
        return permits(actor, permission, row)

    edge = _edge_or_refuse(workflow, row, verb, may)
    _permission_or_refuse(workflow, edge, may)
    for name in edge.guards:
        (guards or {})[name](row)
    row.state = edge.target  # type: ignore[attr-defined]
    row.save(update_fields=["state"])
    transition_record(
        workflow=workflow, pk=pk, verb=verb, source=edge.source, target=edge.target, actor=actor, note=note, data=data
    )
    if topic:
        event_emit(topic, {"id": pk, "verb": verb, "from": edge.source, "to": edge.target, **(data or {})})
    return row


def transitions_of(subject_kind: str, subject_id: int) -> list[TransitionRecord]:
    """The history of one object, oldest first."""
    rows = Transition.objects.filter(subject_kind=subject_kind, subject_id=subject_id).order_by("id")
    return [
        TransitionRecord(r.verb, r.source, r.target, r.at, r.actor, r.note, r.data) for r in rows
    ]
