"""The staff pages of this app render, in both languages, and show only what the reader may see."""

import pytest
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import translation

from common.models import User
from common.principal import Principal
from riskmodels import services
from riskmodels.models import ModelVersion, Score, Warning
from tests.factories.riskmodels import ON, SYSTEM, Market, active_model, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def scored(market: Market) -> Market:
    active_model()
    services.platforms_score(actor=SYSTEM, platform_ids=None, on=ON)
    return market


@pytest.fixture(autouse=True)
def quiet_header(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page frame (language menu) has tests of its own."""
    monkeypatch.setitem(settings.UNFOLD, "SHOW_LANGUAGES", False)


def _user() -> User:
    return User.objects.get_or_create(username="ceshi", defaults={"is_staff": True, "email": "ceshi@example.test"})[0]


def page(model: type, principal: Principal, language: str, pk: int | None = None) -> HttpResponse:
    request = RequestFactory().get("/admin/")
    request.user, request.principal = _user(), principal  # type: ignore[attr-defined]
    request.session = {}  # type: ignore[assignment]
    site = admin.site.get_model_admin(model)
    with translation.override(language):
        answer = site.changelist_view(request) if pk is None else site.change_view(request, str(pk))
        answer.render()
    return answer


@pytest.mark.parametrize("model", [Score, Warning, ModelVersion])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_list_and_page_render(scored: Market, model: type, language: str) -> None:
    assert page(model, staff("supervisor"), language).status_code == 200
    pk = model.objects.order_by("pk").values_list("pk", flat=True)[0]  # type: ignore[attr-defined]
    assert page(model, staff("supervisor"), language, pk).status_code == 200


def test_a_score_page_gives_its_reasons_in_the_readers_language(scored: Market) -> None:
    score = Score.objects.order_by("pk")[0]
    for language, key in (("zh-hans", "zh"), ("en", "en")):
        text = page(Score, staff("officer"), language, score.pk).content.decode()
        assert score.reasons[0][key].replace("+", "&#x2B;")[:20] in text


def test_the_list_shows_the_words_of_the_state(scored: Market) -> None:
    assert "在用" in page(ModelVersion, staff("supervisor"), "zh-hans").content.decode()
    assert "active" in page(ModelVersion, staff("supervisor"), "en").content.decode()


@pytest.mark.parametrize(("language", "state"), [("zh-hans", "待处理"), ("en", "open")])
def test_a_warning_page_speaks_in_words_not_in_codes(scored: Market, language: str, state: str) -> None:
    row = Warning.objects.order_by("pk")[0]
    text = page(Warning, staff("officer"), language, row.pk).content.decode()
    with translation.override(language):
        assert str(row) == f"{row.get_kind_display()} · {state}"
        assert str(row) in text
        assert str(row.get_level_display()) in text
    assert "&#x27;," not in text
    assert row.kind not in text


def test_a_link_alone_acknowledges_nothing_a_button_does(scored: Market) -> None:
    row = Warning.objects.order_by("pk")[0]
    site, officer = admin.site.get_model_admin(Warning), staff("officer")
    answers = []
    for method in ("get", "post"):
        request = getattr(RequestFactory(), method)("/admin/")
        request.user, request.principal, request.session = _user(), officer, {}
        with translation.override("en"):
            answer = site.acknowledge(request, str(row.pk))
        row.refresh_from_db()
        answers.append((answer.status_code, row.state))
    assert answers == [(200, "open"), (302, "acknowledged")]
    asked = site.acknowledge(_get(officer), str(row.pk)).render().content.decode()
    assert row.platform.name in asked
    assert 'method="post"' in asked


def _get(principal: Principal) -> HttpRequest:
    request = RequestFactory().get("/admin/")
    request.user, request.principal, request.session = _user(), principal, {}  # type: ignore[assignment]
    return request


def test_impact_is_grouped_and_no_harmless_no_is_a_red_cross(scored: Market) -> None:
    score = Score.objects.order_by("pk")[0]
    for language, no in (("zh-hans", "<span>否</span>"), ("en", "<span>No</span>")):
        text = page(Score, staff("officer"), language, score.pk).content.decode()
        assert f"{score.impact_cny:,.2f}" in text
        assert no in text
        assert "close_small" not in text
