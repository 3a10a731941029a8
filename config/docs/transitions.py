"""docs/generated/transitions.md: the whole life of each noun, from the apps' `workflow.py` and `permissions.py`."""

from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from types import SimpleNamespace
from typing import Any

from django.conf import settings

from common.principal import Principal, system_principal
from common.workflow import Workflow
from config.docs.markdown import code, page, table

STAFF_ROLES = ("officer", "supervisor", "secretariat", "association", "expert", "auditor")
HEAD = ("from", "verb", "to", "permission", "who may", "guards", "clock", "basis")
INTRO = (
    "Every step that a noun can take; no other step exists. `who may` is found by asking the app's `permissions.py` "
    "on behalf of each role on an object of its own authority or institution. A guard refuses with its own reason. "
    "`system` may take every step and is named only where nobody else may."
)
_ANY = 1  # one id for authority and platform, so that everyone asked is "the one concerned"


def transitions_page() -> str:
    """Return the page with one section for each workflow of the installed apps."""
    return page("Transitions", INTRO, *(_section(app, workflow) for app, workflow in workflows()))


def workflows() -> Iterator[tuple[str, Workflow]]:
    """Yield (app, workflow) for every table of every app, in the order of the layers."""
    for app in settings.OUR_APPS:
        if find_spec(app) and find_spec(f"{app}.workflow"):
            for value in vars(import_module(f"{app}.workflow")).values():
                if isinstance(value, Workflow):
                    yield app, value


def who_may(app: str, permission: str) -> str:
    """Return the roles and kinds that hold a permission on an object of their own; "system" when none does."""
    permits: Callable[..., bool] = import_module(f"{app}.permissions").permits
    concerned: Any = SimpleNamespace(
        owner_authority_id=_ANY, platform_id=_ANY, from_authority_id=_ANY, to_authority_id=_ANY, editors=STAFF_ROLES
    )
    held = [who for who, principal in _askers() if permits(principal, permission, concerned)]
    return ", ".join(held) or system_principal("docs").kind


def _askers() -> Iterator[tuple[str, Principal]]:
    for role in STAFF_ROLES:
        yield role, Principal(kind="staff", label=role, authority_ids=(_ANY,), roles=frozenset({role}))
    for kind in ("platform", "bank"):
        yield kind, Principal(kind="platform", label=kind, platform_id=_ANY, roles=frozenset({kind}))
    yield "public", Principal(kind="public", label="public")


def _section(app: str, workflow: Workflow) -> str:
    rows = [
        (
            code(edge.source), code(edge.verb), code(edge.target), code(edge.permission),
            who_may(app, edge.permission), ", ".join(code(guard) for guard in edge.guards), code(edge.deadline),
            edge.basis,
        )
        for edge in workflow.edges
    ]
    ends = ", ".join(code(state) for state in sorted(workflow.final)) or "none"
    return "\n\n".join(
        [f"## {workflow.subject} (`{app}`)", f"Starts as {code(workflow.initial)}. Final: {ends}.", table(HEAD, rows)]
    )
