"""Drafts without an account."""

import pytest

from common import clock
from common.errors import Refusal
from common.models import PersonKey
from complaints import services
from complaints.models import Complaint, ComplaintDraft
from tests.factories import complaints as make

pytestmark = pytest.mark.usefixtures("ground")
BODY = {"narrative": "写到一半", "contact_address": "test@example.invalid"}


def save(code: str = "", **body: str) -> services.DraftSaved:
    """Save as anyone."""
    return services.draft_save(actor=make.PUBLIC, body={**BODY, **body}, language="zh-hans", code=code)


def refused_code(code: str) -> tuple[str, str, str, int]:
    """What a code that opens nothing answers."""
    with pytest.raises(Refusal) as refused:
        services.draft_resume(actor=make.PUBLIC, code=code)
    return refused.value.code, str(refused.value.message), str(refused.value.cure), refused.value.status


def test_a_draft_comes_back_with_its_code_however_it_is_typed() -> None:
    saved = save()
    typed = saved.code.lower().replace("-", " ")
    assert services.draft_resume(actor=make.PUBLIC, code=typed).body == BODY
    assert len(saved.code.replace("-", "")) == 16


def test_nothing_of_a_draft_lies_open() -> None:
    saved = save()
    stored = str(ComplaintDraft.objects.values().get())
    for secret in ("写到一半", "example.invalid", saved.code):
        assert secret not in stored


def test_saving_again_replaces_the_same_draft() -> None:
    saved = save()
    again = save(saved.code, narrative="写完了")
    assert again.code == saved.code
    assert ComplaintDraft.objects.count() == 1
    assert services.draft_resume(actor=make.PUBLIC, code=saved.code).body["narrative"] == "写完了"


def test_an_unknown_an_expired_and_a_used_code_answer_the_same() -> None:
    unknown = refused_code("AAAA-BBBB-CCCC-DDDD")
    expired = save()
    with clock.frozen("2017-07-24T09:00:01+08:00"):
        assert refused_code(expired.code) == unknown
    used = save()
    make.filed(draft_code=used.code)
    assert refused_code(used.code) == unknown
    assert unknown[0] == "draft.unknown"


def test_sending_the_complaint_destroys_the_draft_and_its_key() -> None:
    saved = save()
    person = ComplaintDraft.objects.get().person
    make.filed(draft_code=saved.code)
    assert ComplaintDraft.objects.count() == 0
    assert PersonKey.objects.get(subject=person).wrapped is None


def test_a_refused_complaint_keeps_the_draft() -> None:
    saved = save()
    with pytest.raises(Refusal):
        make.filed(draft_code=saved.code, narrative="短")
    assert Complaint.objects.count() == 0
    assert services.draft_resume(actor=make.PUBLIC, code=saved.code).body == BODY


def test_drafts_expire_after_fourteen_days_once() -> None:
    save()
    with clock.frozen("2017-07-24T08:59+08:00"):
        assert services.drafts_expire(actor=make.SYSTEM) == 0
    with clock.frozen("2017-07-24T09:00+08:00"):
        assert services.drafts_expire(actor=make.SYSTEM) == 1
        assert services.drafts_expire(actor=make.SYSTEM) == 0
    assert ComplaintDraft.objects.count() == 0


def test_an_absurd_draft_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        save(narrative="长" * 50_000)
    assert refused.value.code == "draft.too_long"
    assert ComplaintDraft.objects.count() == 0
