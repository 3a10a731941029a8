"""Codes of pack rows as their readers say them: places, sources, kinds of objects, reasons of a sharing."""

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulators.models import Region
from regulators.selectors.naming import is_matter, matter_refs
from regulators.showing import language
from rulebook.selectors import basis_lines

KINDS = {
    "registration": gettext_lazy("Registration"), "filing": gettext_lazy("Filing"), "finding": gettext_lazy("Finding"),
    "case": gettext_lazy("Case"), "complaint": gettext_lazy("Complaint"), "warning": gettext_lazy("Warning"),
    "custody_difference": gettext_lazy("Difference in custody"), "referral": gettext_lazy("Referral to the police"),
    "content_notice": gettext_lazy("Notice about content"), "handover": gettext_lazy("Hand-over"),
    "consultation": gettext_lazy("Consultation"),
}  # fmt: skip
SUBJECTS = {
    "case": gettext_lazy("Case"), "action": gettext_lazy("Follow-up of an action"),
    "handover": gettext_lazy("Undecided hand-over"), "conflict": gettext_lazy("Conflict of supervision"),
    "effect": gettext_lazy("Effect of a rule"), "complaints-late": gettext_lazy("Late complaints"),
    "coverage": gettext_lazy("Gaps and overlaps of supervision"), "gap": gettext_lazy("Missing supervision"),
    "overlap": gettext_lazy("Overlapping supervision"), "question": gettext_lazy("Open question of the pack"),
    "member": gettext_lazy("Proposal of a member"),
}  # fmt: skip
REASONS = {
    "assisting": gettext_lazy("assists by mandate"),
    "assists by mandate": gettext_lazy("assists by mandate"),
    "escalated": gettext_lazy("escalated to this body"),
    "reported this platform": gettext_lazy("reported this platform"),
}


def kind_words(code: str) -> str:
    """A kind of object; an unknown code stands for itself."""
    return str(KINDS.get(code, code))


def subject_words(subject: str) -> str:
    """What an agenda item is about, by the kind before the colon; its title says which one."""
    return str(SUBJECTS.get(subject.partition(":")[0], _("Other matter")))


def reason_words(reason: str) -> str:
    """Why an object is shared: by mandate, through a case or a matter between authorities, or in somebody's words."""
    if is_matter(reason):
        matter = matter_refs([reason]).get(reason)
        words = kind_words(reason.partition(":")[0])
        return f"{words} · {matter.title[language()]}" if matter else words
    if reason.startswith("case:"):
        return _("through its case")
    return str(REASONS.get(reason, reason))


class PlaceWords:
    """A row's region by its name, read with the rows."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows with the name of their place."""
        names = Region.objects.filter(pk=OuterRef("region")).values(f"name_{language()}")
        rows: QuerySet[Any] = super().get_queryset(request)  # type: ignore[misc]
        return rows.annotate(place=Subquery(names[:1]))

    @admin.display(description=gettext_lazy("region"), ordering="region")
    def region_shown(self, row: Any) -> str:
        """The name in the reader's language."""
        return str(row.place or row.region)


class SourceWords:
    """A row's legal basis as lines: instrument and article, how firm the source is, the writer's note."""

    @admin.display(description=gettext_lazy("source"))
    def source_shown(self, row: Any) -> str:
        """In the reader's language."""
        return " · ".join(basis_lines(row.source)) if row.source else "–"
