"""Words for what history rows keep: who acted, and references to matters between authorities."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from regulators.choices import OfficerRole
from regulators.models import Authority, Consultation, HandOver, Officer

# what a part of the system does, by the name it acts under
PARTS = {
    "audit": gettext_lazy("audit trail"),
    "cases": gettext_lazy("opening of cases"),
    "complaints": gettext_lazy("complaints"),
    "complaints.beat": gettext_lazy("watching complaint dates"),
    "complaints.calendar": gettext_lazy("counting dates again after a calendar"),
    "complaints.drafts": gettext_lazy("drafts of complaints"),
    "complaints.escalation": gettext_lazy("watching complaint dates"),
    "complaints.import": gettext_lazy("import of history"),
    "complaints.intake": gettext_lazy("intake of complaints"),
    "complaints.limits": gettext_lazy("limits of the complaint form"),
    "complaints.recompute": gettext_lazy("counting dates again"),
    "complaints.router": gettext_lazy("finding the authority"),
    "demo": gettext_lazy("demonstration"),
    "docs": gettext_lazy("documentation"),
    "operator": gettext_lazy("operator's command"),
    "panels": gettext_lazy("panels of experts"),
    "platforms.late_check": gettext_lazy("watching filing dates"),
    "regulators": gettext_lazy("supervision map"),
    "riskmodels": gettext_lazy("risk model"),
    "riskmodels.beat": gettext_lazy("risk model"),
    "rulebook": gettext_lazy("rulebook"),
    "schedule": gettext_lazy("schedule"),
    "test": gettext_lazy("test"),
}
MATTERS: dict[str, type[HandOver] | type[Consultation]] = {"handover": HandOver, "consultation": Consultation}


def actor_names(labels: Iterable[str]) -> dict[str, str]:
    """Words for the labels that history rows carry, in the reader's language.

    "user:12" becomes the login with body and roles of the latest term, "system:x" the part of the system in words,
    the holder of a receipt the complainant, a key a platform. What is known to nobody stays as it is.
    """
    wanted = set(labels)
    people = _people({int(label[5:]) for label in wanted if label.startswith("user:") and label[5:].isdecimal()})
    return {label: people.get(label) or _other(label) for label in wanted}


def _people(ids: set[int]) -> dict[str, str]:
    if not ids:
        return {}
    terms = Officer.objects.filter(user_id__in=ids).select_related("authority").order_by("term_from", "pk")
    latest = {term.user_id: term for term in terms}
    users = get_user_model().objects.in_bulk(ids)
    return {f"user:{pk}": _person(str(user), latest.get(pk)) for pk, user in users.items()}


def _person(name: str, term: Officer | None) -> str:
    if term is None:
        return name
    is_zh = (get_language() or "").startswith("zh")
    body = term.authority.short_zh if is_zh else term.authority.short_en
    office = f"{body or term.authority}{'，' if is_zh else ', '}{role_names(term.roles)}"
    return f"{name}（{office}）" if is_zh else f"{name} ({office})"


def body_names(codes: Iterable[str]) -> dict[str, dict[str, str]]:
    """Short names of bodies by code, in both languages; an unknown code stands for itself."""
    wanted = list(dict.fromkeys(codes))
    rows = {row.code: row for row in Authority.objects.filter(code__in=wanted)}
    return {
        code: {"zh": rows[code].short_zh or rows[code].name_zh, "en": rows[code].short_en or rows[code].name_en}
        if code in rows else {"zh": code, "en": code}
        for code in wanted
    }  # fmt: skip


def role_names(roles: Iterable[str]) -> str:
    """Roles in the reader's words; an unknown code stands for itself."""
    known, comma = dict(OfficerRole.choices), "、" if (get_language() or "").startswith("zh") else ", "
    return comma.join(str(known.get(role, role)) for role in roles)


def _other(label: str) -> str:
    kind, _sep, rest = label.partition(":")
    if label == "system:complaints.holder":
        return _("the complainant, by receipt")
    if kind == "system":
        return _("system: %(what)s") % {"what": PARTS[rest]} if rest in PARTS else _("the system")
    return {"public": _("the public"), "platform": _("the platform, by its key"), "key": _("a key not yet known")}.get(
        kind, label
    )


@dataclass(frozen=True, slots=True)
class MatterRef:
    """A hand-over or a consultation that a history row names."""

    kind: str
    id: int
    title: Mapping[str, str]


def matter_refs(references: Iterable[str]) -> dict[str, MatterRef]:
    """Matters behind references such as "handover:<uuid>", as far as the reader may see them."""
    found: dict[str, MatterRef] = {}
    for kind, model in MATTERS.items():
        wanted = {ref for ref in references if ref.startswith(f"{kind}:") and _is_uuid(ref.partition(":")[2])}
        rows = model.objects.filter(public_id__in=[ref.partition(":")[2] for ref in wanted]) if wanted else ()
        for row in rows:
            title = {"zh": row.title_zh, "en": row.title_en}
            found[f"{kind}:{row.public_id}"] = MatterRef(kind, row.pk, title)
    return found


def is_matter(reference: str) -> bool:
    """Whether a text is a reference to a matter between authorities and not somebody's words."""
    kind, _sep, number = reference.partition(":")
    return kind in MATTERS and _is_uuid(number)


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
