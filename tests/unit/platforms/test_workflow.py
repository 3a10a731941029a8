"""The transition tables: every state is known, and only the system decides a filing."""

import pytest

from common.principal import Principal, system_principal
from platforms.choices import FilingState, PlatformState
from platforms.permissions import permits
from platforms.workflow import FILING, PLATFORM, VERDICT_VERB


class Row:
    platform_id = 7


def test_every_state_of_the_tables_is_a_choice() -> None:
    assert FILING.states() == set(FilingState.values)
    assert PLATFORM.states() == set(PlatformState.values)


def test_each_verdict_has_its_verb() -> None:
    for state, verb in VERDICT_VERB.items():
        edge = FILING.edge("processing", verb)
        assert edge is not None
        assert edge.target == state


@pytest.mark.parametrize("state", ["submitted", "processing"])
def test_nothing_leads_back_while_a_filing_is_checked(state: str) -> None:
    assert not {"receive", "correct", "withdraw", "submit"} & set(FILING.verbs_from(state))


@pytest.mark.parametrize(
    ("principal", "permission", "expected"),
    [
        (Principal(kind="platform", label="p", platform_id=7), "filings.submit", True),
        (Principal(kind="platform", label="p", platform_id=8), "filings.submit", False),
        (Principal(kind="platform", label="p"), "filings.submit", False),
        (Principal(kind="platform", label="p", platform_id=7), "filings.process", False),
        (Principal(kind="staff", label="s", roles=frozenset({"officer"})), "filings.submit", False),
        (Principal(kind="staff", label="s", roles=frozenset({"officer"})), "platforms.confirm", True),
        (Principal(kind="staff", label="s", roles=frozenset({"expert"})), "platforms.confirm", False),
        (Principal(kind="public", label="public"), "filings.read", False),
        (system_principal("test"), "filings.process", True),
    ],
)
def test_permissions(principal: Principal, permission: str, expected: bool) -> None:
    assert permits(principal, permission, Row()) is expected
