"""The public register and the staff pages."""

from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from common.jobs import jobs_drain
from tests.factories import platforms as make

pytestmark = pytest.mark.django_db


def page(path: str, language: str = "en") -> str:
    answer = Client().get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_confirmed_platforms_are_listed_and_pending_ones_are_not() -> None:
    make.registered(name="甲测试贷")
    make.registration(name="乙测试贷")
    found = page("/platforms/")
    assert "甲测试贷" in found
    assert "乙测试贷" not in found
    assert "甲测试贷" not in page("/platforms/?q=丙")


def test_pages_speak_both_languages() -> None:
    done = make.registered()
    assert "Find a platform" in page("/platforms/")
    assert "查询平台" in page("/platforms/", "zh-hans")
    assert "存管银行" in page(f"/platforms/{done.public_id}/", "zh-hans")


def test_platform_page_shows_state_bank_and_filings(monkeypatch: pytest.MonkeyPatch) -> None:
    make.use_plan(monkeypatch)
    filer, bank = make.filer(), make.registered("bank", name="测试存管银行")
    make.agreement(filer.of, bank)
    filer.file(make.csv_of(make.indicators()))
    jobs_drain()
    found = page(f"/platforms/{filer.of.public_id}/")
    assert "测试存管银行" in found
    assert "2017-06" in found
    assert "Registered" in found


def test_pending_platform_has_no_page() -> None:
    pending = make.registration()
    assert Client().get(f"/platforms/{pending.public_id}/").status_code == 404


def test_list_is_paged_by_name(django_assert_max_num_queries: Any) -> None:
    for number in range(27):
        make.registered(name=f"测试{number:02d}")
    with django_assert_max_num_queries(4):
        first = page("/platforms/")
    assert "测试24" in first
    assert "测试25" not in first
    link = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = page(f"/platforms/{link}")
    assert "测试25" in second
    assert "测试24" not in second


def test_every_message_is_translated() -> None:
    with translation.override("zh-hans"):
        from platforms.choices import FilingState

        assert str(FilingState.RETURNED.label) == "已退回"
