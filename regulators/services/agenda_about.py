"""Two proposals about one part of the supervision map become one item of the agenda."""

from regulators.choices import AgendaState, MeetingState
from regulators.facts.agenda import AgendaAbout, is_one_matter
from regulators.models import AgendaItem
from regulators.selectors.authorities import region_tree

__all__ = ["AgendaAbout", "same_matter_merge"]


def same_matter_merge(item: AgendaItem) -> AgendaItem | None:
    """Merge a new draft into a live item of its meeting that is about the same part of the map; which one, if any.

    Texts, proposers and papers stay with each, so that splitting them again loses nothing.
    """
    if not item.about or item.meeting.state != MeetingState.PREPARING:
        return None
    alive = AgendaItem.objects.filter(
        meeting=item.meeting, state__in=(AgendaState.DRAFT, AgendaState.ACCEPTED), outcome=""
    )
    tree = region_tree()
    for other in alive.exclude(pk=item.pk).exclude(about={}).order_by("position", "pk"):
        if is_one_matter(item.about, other.about, tree):
            item.state, item.merged_into = AgendaState.MERGED, other
            item.save(update_fields=["state", "merged_into"])
            return other
    return None
