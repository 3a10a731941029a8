"""The demo's joint meeting: played once, and a second run repeats the same counts and natural keys."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from common import clock
from config.demo import meeting, people
from regulators import services
from regulators.models import ActionItem, AgendaItem, Opinion
from tests.factories.cases import SYSTEM, opened
from tests.factories.platforms import registered
from tests.factories.regulators import officer
from tests.factories.rulebook import cn_pack, terms_loaded

pytestmark = pytest.mark.django_db
OPENED_AT = datetime(2017, 7, 10, 9, 0, tzinfo=clock.LEGAL_ZONE)


def test_the_meeting_is_played_once_and_repeats_its_figures(
    settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings.CLOCK_PINNABLE = True
    monkeypatch.setenv("LIANXI_RUN_DIR", str(tmp_path))
    clock.pin(OPENED_AT)
    services.authorities_load(actor=SYSTEM, pack=cn_pack())
    services.mandates_load(actor=SYSTEM, pack=cn_pack())
    terms_loaded("case.review", "case.review.urgent")
    opened(registered(name="测试平台甲").platform_id, origin="area_d", area="D", reasons=[])
    staff = {
        "secretariat": officer("PBOC", "officer", "secretariat", "auditor"),
        "officer.banking": officer("CBRC", "officer", "supervisor"),
        "officer.pboc": officer("PBOC", "officer", "supervisor"),
    }
    monkeypatch.setattr(people, "principal", staff.__getitem__)
    first = meeting.play(clock.pin, quarter="2017Q3", opened_at=OPENED_AT)
    counts = (AgendaItem.objects.count(), ActionItem.objects.count(), Opinion.objects.count())
    again = meeting.play(clock.pin, quarter="2017Q3", opened_at=OPENED_AT)
    monkeypatch.setattr(clock, "_cache", {"read_at": -1.0, "offset": clock.timedelta(0)})
    assert first == again
    assert counts == (AgendaItem.objects.count(), ActionItem.objects.count(), Opinion.objects.count())
    assert (first["state"], first["minutes"]) == ("closed", "published")
    assert (first["resolutions"], first["actions"], first["questions"]) == (2, 2, 1)
    assert first["items"]["resolved"] == 2
    assert first["items"]["carried_over"] == len(AgendaItem.objects.filter(subject__startswith="question:")) // 2
    assert first["packs"] == ["joint-meeting-2017Q3-zh.html", "joint-meeting-2017Q3-en.html"]
    pack = (tmp_path / "packs" / first["packs"][0]).read_text("utf-8")
    assert "监管空白与重叠" in pack
    assert "制作日期 2017-07-20" in pack
    assert ("示范专家（法律）" in pack, "expert.law" in pack, "expert.technology" in pack) == (True, False, False)
    one = AgendaItem.objects.get(meeting__quarter="2017Q3", subject="overlap:content:MIIT+CAC")
    same = AgendaItem.objects.get(meeting__quarter="2017Q3", subject="question:p2p-content-overlap")
    assert (one.outcome, same.state, same.merged_into_id) == ("resolved", "merged", one.pk)
    assert "网络借贷信息内容：工信部与网信办" in pack
