"""Verbs of the supervision map: success, refusal with nothing changed, twice is once."""

from dataclasses import replace
from datetime import date

import pytest

from common import clock
from common.errors import Refusal
from common.principal import Principal
from regulators import selectors, services
from regulators.models import (
    AgendaItem,
    Authority,
    JointMeeting,
    Mandate,
    ObjectAccess,
    Officer,
    OpenQuestion,
    Succession,
)
from tests.factories.regulators import SYSTEM, officer, small_map, small_pack
from tests.factories.versions import rewritten

pytestmark = pytest.mark.django_db
TITLE = {"zh": "标题", "en": "Title"}


def test_load_stores_the_map_and_a_second_load_changes_nothing() -> None:
    pack = small_pack()
    first = services.authorities_load(actor=SYSTEM, pack=pack)
    assert (first.created, first.changed, first.unchanged) == (3 + 6 + 2, 0, 0)
    assert services.mandates_load(actor=SYSTEM, pack=pack).created == 8
    again = services.authorities_load(actor=SYSTEM, pack=pack)
    assert (again.created, again.changed, again.unchanged) == (0, 0, 11)
    assert services.mandates_load(actor=SYSTEM, pack=pack).unchanged == 8
    assert (Authority.objects.count(), Succession.objects.count(), Mandate.objects.count()) == (6, 2, 4)
    assert OpenQuestion.objects.get().key == "micro-loan"


def test_a_changed_row_is_updated_and_a_confirmed_source_stays_confirmed() -> None:
    pack = small_map()
    rewritten(Mandate.objects.filter(authority__code="MPS"), verified=True)
    ended = replace(pack.mandates[2], valid_to=date(2024, 1, 1))
    result = services.mandates_load(
        actor=SYSTEM, pack=replace(pack, mandates=(*pack.mandates[:2], ended, pack.mandates[3]))
    )
    assert (result.created, result.changed, result.retired, result.unchanged) == (0, 1, 0, 7)
    old, new = Mandate.objects.filter(business_line="payment").order_by("pk")
    assert (old.valid_to, new.valid_to, new.retired_at) == (None, date(2024, 1, 1), None)
    assert old.retired_at == new.created_at
    assert Mandate.objects.current().get(authority__code="MPS").verified is True


def test_staff_may_not_load_the_map() -> None:
    with pytest.raises(Refusal) as refused:
        services.authorities_load(actor=Principal(kind="staff", label="user:1"), pack=small_pack())
    assert (refused.value.code, Authority.objects.count()) == ("permission.denied", 0)


def test_an_appointment_gives_a_principal_with_roles_and_authority() -> None:
    small_map()
    with clock.frozen("2017-07-10"):
        who = officer("CBRC", "officer", "secretariat")
    assert who.authority_ids == (Authority.objects.get(code="CBRC").pk,)
    assert who.roles == {"officer", "secretariat"}
    assert who.kind == "staff"


@pytest.mark.parametrize(
    ("on", "own"),
    [("2018-04-07", "CBRC"), ("2018-04-08", "CBIRC"), ("2023-05-17", "CBIRC"), ("2023-05-18", "NFRA")],
)
def test_an_officer_follows_the_body_into_its_successor_and_keeps_its_past(on: str, own: str) -> None:
    small_map()
    with clock.frozen("2017-07-10"):
        officer("CBRC")
    with clock.frozen(on):
        who = selectors.principal_for_user(Officer.objects.get().user)
    codes = [selectors.authority_ref(pk).code for pk in who.authority_ids]  # type: ignore[union-attr]
    assert codes[0] == own
    assert set(codes) == {"NFRA": {"NFRA", "CBIRC", "CBRC"}, "CBIRC": {"CBIRC", "CBRC"}}.get(own, {"CBRC"})


def test_a_user_without_a_term_serves_no_authority(django_user_model) -> None:  # type: ignore[no-untyped-def]
    user = django_user_model.objects.create_user(username="测试用户甲", is_staff=True)
    who = selectors.principal_for_user(user)
    assert (who.authority_ids, who.roles, who.officer_id) == ((), frozenset(), None)


def test_a_second_appointment_keeps_one_term_and_takes_the_new_roles() -> None:
    small_map()
    who = officer("NFRA", "officer")
    again = services.officer_appoint(
        actor=SYSTEM, user_id=who.user_id or 0, authority_code="NFRA", roles=["supervisor"], title="处长"
    )
    row = Officer.objects.get()
    assert (row.pk, row.roles, row.title) == (again, ["supervisor"], "处长")


@pytest.mark.parametrize(
    ("code", "roles", "expected"),
    [
        ("NONE", ["officer"], "authority.unknown"),
        ("CBRC", ["officer"], "authority.unknown"),
        ("CBRC", ["king"], "officer.unknown_role"),
        ("CBRC", [], "officer.unknown_role"),
    ],
)
def test_appointment_refuses_what_it_does_not_know(
    django_user_model,
    code: str,
    roles: list[str],
    expected: str,  # type: ignore[no-untyped-def]
) -> None:
    small_map()
    user = django_user_model.objects.create_user(username="测试用户乙")
    with pytest.raises(Refusal) as refused:
        services.officer_appoint(actor=SYSTEM, user_id=user.pk, authority_code=code, roles=roles)
    assert (refused.value.code, Officer.objects.count()) == (expected, 0)


def test_sharing_twice_is_one_grant() -> None:
    small_map()
    body = Authority.objects.get(code="LFO-110000")
    given = {"object_kind": "case", "object_id": 7, "authority_id": body.pk, "reason": "assists"}
    first = services.object_share(actor=SYSTEM, **given)  # type: ignore[arg-type]
    assert services.object_share(actor=SYSTEM, **given) == first  # type: ignore[arg-type]
    assert selectors.objects_shared_with([body.pk], "case") == {7}
    assert selectors.objects_shared_with([body.pk], "complaint") == frozenset()


@pytest.mark.parametrize(
    ("changes", "expected"), [({"reason": " "}, "share.no_reason"), ({"authority_id": 0}, "authority.unknown")]
)
def test_sharing_refuses_without_reason_or_authority(changes: dict[str, object], expected: str) -> None:
    small_map()
    given = {
        "object_kind": "case", "object_id": 7, "authority_id": Authority.objects.get(code="MPS").pk, "reason": "x",
    }  # fmt: skip
    with pytest.raises(Refusal) as refused:
        services.object_share(actor=SYSTEM, **{**given, **changes})  # type: ignore[arg-type]
    assert (refused.value.code, ObjectAccess.objects.count()) == (expected, 0)


def propose(actor: Principal = SYSTEM, **changes: object) -> services.Proposed:
    given = {
        "meeting_quarter": "2017Q3", "subject": "case:1", "title": TITLE, "kind": "important_matter",
    }  # fmt: skip
    return services.agenda_item_propose(actor=actor, **{**given, **changes})  # type: ignore[arg-type]


def test_a_matter_is_proposed_once_and_its_text_refreshed_while_draft() -> None:
    first = propose()
    again = propose(title={"zh": "新", "en": "New"})
    assert (first.created, again.created, again.item_id) == (True, False, first.item_id)
    assert [(line.subject, line.title["en"], line.state) for line in selectors.agenda_of("2017Q3")] == [
        ("case:1", "New", "draft")
    ]
    services.agenda_item_decide(actor=SYSTEM, item_id=first.item_id, accept=True)
    propose(title={"zh": "晚", "en": "Late"})
    assert AgendaItem.objects.get().title_en == "New"
    assert propose(meeting_quarter="2017Q4").created is True


@pytest.mark.parametrize(
    ("changes", "expected"),
    [({"kind": "party"}, "agenda.unknown_kind"), ({"meeting_quarter": "2017Q5"}, "meeting.bad_quarter")],
)
def test_a_bad_proposal_is_refused_and_leaves_nothing(changes: dict[str, object], expected: str) -> None:
    with pytest.raises(Refusal) as refused:
        propose(**changes)
    assert refused.value.code == expected
    assert (AgendaItem.objects.count(), JointMeeting.objects.count()) == (0, 0)


def test_a_meeting_that_was_held_takes_no_more_items() -> None:
    services.meeting_open(actor=SYSTEM, quarter="2017Q3")
    JointMeeting.objects.update(state="held")
    with pytest.raises(Refusal) as refused:
        propose()
    assert (refused.value.code, AgendaItem.objects.count()) == ("meeting.already_held", 0)


def test_only_the_secretariat_opens_a_meeting_and_decides_items() -> None:
    small_map()
    plain, secretariat = officer("NFRA", "officer"), officer("PBOC", "secretariat")
    with pytest.raises(Refusal) as refused:
        services.meeting_open(actor=plain, quarter="2017Q3")
    assert (refused.value.status, JointMeeting.objects.count()) == (403, 0)
    meeting = services.meeting_open(actor=secretariat, quarter="2017Q3")
    assert services.meeting_open(actor=secretariat, quarter="2017Q3") == meeting
    item = propose(plain).item_id
    with pytest.raises(Refusal):
        services.agenda_item_decide(actor=plain, item_id=item, accept=True)
    assert AgendaItem.objects.get().state == "draft"
    assert services.agenda_item_decide(actor=secretariat, item_id=item, accept=False) == "dropped"
