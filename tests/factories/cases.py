"""Cases for tests, reached through services."""

from typing import Any

from cases import services
from cases.models import Case
from common.principal import Principal, system_principal

SYSTEM = system_principal("test")


def findings_reason(
    template: str = "loan_book", period: str = "2017-06", blocking: int = 1, major: int = 0
) -> services.Reason:
    """Findings in one filing."""
    data = {"template": template, "period": period, "blocking": blocking, "major": major}
    return services.Reason("findings", f"findings:{template}:{period}", data)


def opened(platform_id: int, actor: Principal = SYSTEM, **values: Any) -> services.CaseOpened:
    """A case opened because of one blocking finding, or the running one with this reason added."""
    given: dict[str, Any] = {"origin": "finding", "reasons": [findings_reason()], **values}
    return services.case_open_or_update(actor=actor, platform_id=platform_id, **given)


def case(platform_id: int, **values: Any) -> Case:
    """The row of an opened case."""
    return Case.objects.get(pk=opened(platform_id, **values).case_id)


def in_review(platform_id: int, officer: Principal) -> int:
    """A case that this officer has taken and started to review."""
    case_id = opened(platform_id).case_id
    services.case_assign(actor=officer, case_id=case_id)
    services.case_move(actor=officer, case_id=case_id, verb="review")
    return case_id
