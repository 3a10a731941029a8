"""Two proposals that are one matter: merged by the secretariat, and split again.

Merging moves nothing: texts, proposers and papers stay with the item that was merged and show under the one that
stays. Only matters between authorities wait at the item that stays, because it is the one that is decided.
"""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common.errors import Refusal
from common.principal import Principal
from regulators.choices import AgendaState
from regulators.models import AgendaItem
from regulators.permissions import require
from regulators.services import matters
from regulators.services.agenda import ACTION, item_locked, refuse_if_frozen


@transaction.atomic
def agenda_items_merge(*, actor: Principal, item_id: int, into_id: int) -> int:
    """Merge a near-duplicate into another item of the same meeting; its text, papers and proposer show there.

    Refuses another meeting, the item itself, an item already merged, dropped or settled, and once the notice was
    sent. Returns the id of the item that stays.
    """
    require(actor, "agenda.decide")
    item, target = item_locked(item_id), item_locked(into_id)
    refuse_if_frozen(item.meeting)
    alive = (AgendaState.DRAFT, AgendaState.ACCEPTED)
    if item.pk == target.pk or item.meeting_id != target.meeting_id or target.state not in alive or target.outcome:
        raise Refusal(
            "agenda.bad_merge", _("These two items cannot be merged."), field="into",
            cure=_("Choose another item of the same meeting that is neither merged nor dropped."),
        )  # fmt: skip
    if item.state not in alive or item.outcome or item.subject.startswith(ACTION):
        raise Refusal(
            "agenda.bad_merge", _("This item cannot be merged away."), field="item",
            cure=_("Follow-ups of actions stay; merged and dropped items are out of the agenda already."),
        )  # fmt: skip
    AgendaItem.objects.filter(merged_into=item).update(merged_into=target)
    item.state, item.merged_into = AgendaState.MERGED, target
    item.save(update_fields=["state", "merged_into"])
    matters.matters_move(item.pk, target.pk)
    return target.pk


@transaction.atomic
def agenda_item_split(*, actor: Principal, item_id: int) -> str:
    """Undo a merge: the item is a draft of its own again, with its matter. Returns its state.

    Refuses an item that is not merged, and once the notice was sent. The secretariat only (403).
    """
    require(actor, "agenda.decide")
    item = item_locked(item_id)
    refuse_if_frozen(item.meeting)
    if item.state != AgendaState.MERGED or item.merged_into_id is None:
        raise Refusal(
            "agenda.not_merged", _("This item is not merged into another one."), field="item",
            cure=_("Only merged items are split."),
        )  # fmt: skip
    matters.matters_move(item.merged_into_id, item.pk, only_subject=item.subject)
    item.state, item.merged_into = AgendaState.DRAFT, None
    item.save(update_fields=["state", "merged_into"])
    return str(item.state)
