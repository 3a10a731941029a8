"""Associations and members for tests."""

from common.principal import system_principal
from selfdiscipline import services

SYSTEM = system_principal("test")


def association(code: str = "NIFA", parent: str = "") -> int:
    """An association with an invented branch name."""
    return services.association_create(
        actor=SYSTEM, code=code, name_zh=f"协会{code}", name_en=f"Association {code}", parent_code=parent
    )


def turnover_series(code: str = "turnover", association_code: str = "NIFA") -> int:
    """The members' monthly turnover."""
    return services.series_define(
        actor=SYSTEM,
        code=code,
        association_code=association_code,
        name_zh="会员月成交额",
        name_en="Monthly turnover of members",
    )
