"""Invented platforms with indicators, and a small fitted model."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.apps import apps

from common.principal import Principal, system_principal
from riskmodels import services
from riskmodels.fitting import generated_fitting_set, generated_market
from riskmodels.training import FitSettings

SYSTEM = system_principal("test")
QUICK = FitSettings(draws=40, permutations=2, repeats=1)
ON = date(2017, 7, 10)


def staff(*roles: str, user_id: int = 1) -> Principal:
    """An officer with roles."""
    return Principal("staff", f"staff:{user_id}", user_id=user_id, officer_id=user_id, roles=frozenset(roles))


def platform(key: str, name: str = "") -> int:
    """A confirmed, invented platform. Returns its inner key."""
    model = apps.get_model("platforms", "Platform")
    names = {"name": name or f"测试平台{key}", "legal_name": f"测试平台{key}有限公司", "external_ref": key}
    row = model.objects.create(
        **names,
        kind="platform",
        business_line="p2p_lending",
        business_lines=["p2p_lending"],
        region="110000",
        state="registered",
        registered_on=date(2016, 1, 1),
    )
    return int(row.pk)


class Market:
    """Invented platforms whose indicators stand in for the lake."""

    def __init__(self, keys: Iterable[str], seed: int = 7, platforms: int = 240) -> None:
        """Register the named platforms of the generated market."""
        histories, self.labels = generated_market(seed, platforms)
        self.ids = {key: platform(key) for key in keys}
        self.rows = {
            self.ids[key]: [{**row, "platform_id": self.ids[key], "period": row["report_month"]} for row in rows]
            for key, rows in histories.items()
            if key in self.ids
        }

    def indicators(self, platform_ids: Iterable[int] | None, upto: Any = None) -> list[dict[str, Any]]:
        """What `platforms.selectors.monthly_indicators_for` would answer."""
        wanted = self.rows if platform_ids is None else {pk: self.rows.get(pk, []) for pk in platform_ids}
        return [row for rows in wanted.values() for row in rows if not upto or row["period"] <= upto]


def active_model(seed: int = 7, platforms: int = 240) -> int:
    """A small model fitted on the generated market and put to work."""
    version_id = services.model_fit(
        actor=SYSTEM, data=generated_fitting_set(seed=seed, platforms=platforms), settings=QUICK
    )
    return services.model_activate(actor=SYSTEM, model_version_id=version_id, reason="test")
