"""No raw code where people read: actors, roles, places, kinds, sources, references to matters."""

import re
from collections.abc import Iterator

import pytest
from django.utils import translation

from common import clock
from common.db.acting import acting_as
from regulators import selectors, services
from regulators.admin.words import kind_words, reason_words, subject_words
from regulators.models import AgendaItem, HandOver, Mandate
from tests.factories import coordination, meetings
from tests.factories.regulators import SYSTEM, officer
from tests.unit.regulators.test_coordination_pages import enter

pytestmark = pytest.mark.django_db
CODE = re.compile(r"\b(user|system|handover|case|member):[\w.-]+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{20,}")


@pytest.fixture
def ground(db: None) -> Iterator[None]:
    """The small map with information authorities; matter 1 belongs to the CBRC."""
    with clock.frozen("2017-07-10"):
        coordination.coordination_map()
        coordination.matters(m1="CBRC")
        yield


def offered() -> HandOver:
    sender = officer("CBRC")
    with acting_as(sender):
        pk = services.handover_offer(
            actor=sender, subject="matter:1", to_authority_id=coordination.body("MIIT"), reason="电信业务"
        )
    return HandOver.objects.get(pk=pk)


def page_of(client: object, address: str) -> str:
    """What stands in the page's own part, without the theme's frame."""
    answer = client.get(address)  # type: ignore[attr-defined]
    assert answer.status_code == 200
    page = answer.content.decode()
    main = page[page.index('id="main"'):]
    return re.sub(r"<(script|style|template|option)\b.*?</\1>|<[^>]+>", " ", main, flags=re.DOTALL)


def test_an_actor_is_a_person_with_body_and_role_in_the_readers_language(ground: None) -> None:
    who = officer("CBRC", "officer", "supervisor")
    with translation.override("en"):
        (name,) = selectors.actor_names([who.label]).values()
        assert re.fullmatch(r"测试用户\d+ \(CBRC, Officer, Supervisor\)", name)
    with translation.override("zh-hans"):
        (name,) = selectors.actor_names([who.label]).values()
        assert re.fullmatch(r"测试用户\d+（银监会，监管人员、主管）", name)
    _number, expert = meetings.expert(name="测试专家甲")
    assert selectors.actor_names([expert.label]) == {expert.label: "测试专家甲"}


def test_system_public_and_keys_are_said_in_words(db: None) -> None:
    labels = ["system:complaints.router", "system:never.heard", "public", "platform:1", "key:abc", "x", "user:999999"]
    with translation.override("en"):
        assert selectors.actor_names(labels) == {
            "system:complaints.router": "system: finding the authority", "system:never.heard": "the system",
            "public": "the public", "platform:1": "the platform, by its key", "key:abc": "a key not yet known",
            "x": "x", "user:999999": "user:999999",
        }  # fmt: skip
        assert selectors.actor_names(["system:complaints.holder"]) == {
            "system:complaints.holder": "the complainant, by receipt"
        }


def test_a_reference_becomes_the_matter_for_its_parties_only(ground: None) -> None:
    row = offered()
    reference = f"handover:{row.public_id}"
    assert selectors.is_matter(reference)
    assert not any(selectors.is_matter(text) for text in ("handover:1", "case:12", "移交", "", f"x:{row.public_id}"))
    (found,) = selectors.matter_refs([reference, "somebody's words", "handover:nonsense"]).values()
    assert (found.kind, found.id, found.title["zh"]) == ("handover", row.pk, "事项1")
    stranger = officer("CAC")
    with acting_as(stranger):
        assert selectors.matter_refs([reference]) == {}
        assert reason_words(reference) == kind_words("handover")


def test_kinds_subjects_and_reasons_have_words(ground: None) -> None:
    row = offered()
    with translation.override("en"):
        assert (kind_words("content_notice"), kind_words("thing")) == ("Notice about content", "thing")
        assert [subject_words(s) for s in ("member:1", "complaints-late:CBRC", "else")] == [
            "Proposal of a member", "Late complaints", "Other matter",
        ]  # fmt: skip
        assert [reason_words(r) for r in ("assisting", "case:1", f"handover:{row.public_id}", "自有说明")] == [
            "assists by mandate", "through its case", "Hand-over · Matter 1", "自有说明",
        ]  # fmt: skip


def test_a_mandate_and_an_officer_are_named_in_words(ground: None) -> None:
    mandate = Mandate.objects.get(authority__code="CBRC")
    with translation.override("en"):
        assert str(mandate) == "P2P lending · Conduct of business: CBRC · Lead"
    client = enter(officer("CBRC", "officer", "supervisor"))
    for address, words in (
        ("/admin/regulators/officer/", "Officer, Supervisor"),
        ("/admin/regulators/mandate/", "whole country"),
        (f"/admin/regulators/mandate/{mandate.pk}/change/", "whole country"),
        (f"/admin/regulators/authority/{coordination.body('LFO-110000')}/change/", "Beijing"),
        ("/admin/regulators/ownershiprule/", "Finding"),
    ):
        page = page_of(client, address)
        assert words in page, address
        assert '"text_status"' not in page
        assert not CODE.search(page), (address, CODE.search(page))


def test_a_hand_over_names_who_sent_it_and_a_sharing_says_why(ground: None) -> None:
    row = offered()
    client = enter(officer("CBRC"))
    page = page_of(client, f"/admin/regulators/handover/{row.pk}/change/")
    assert "(CBRC, Officer)" in page
    assert not CODE.search(page)
    services.object_share(
        actor=SYSTEM, object_kind="matter", object_id=1, authority_id=coordination.body("CAC"), reason="assisting"
    )
    page = page_of(client, "/admin/regulators/objectaccess/")
    assert "assists by mandate" in page
    assert not CODE.search(page)


def test_an_agenda_item_says_its_kind_instead_of_its_key(db: None) -> None:
    with clock.frozen(meetings.OPENED):
        who = meetings.people()
        number = meetings.item("member:0123456789abcdef")
        page = page_of(enter(who.cbrc), f"/admin/regulators/agendaitem/{number}/change/")
        assert "Proposal of a member" in page
        assert AgendaItem.objects.get(pk=number).subject not in page.replace("Matter member:0123456789abcdef", "")
