"""Mandates, open questions, routes, ownership rules and successions keep their versions; so do the words of bodies.

Rows that were corrected in place before this migration show their last words for their whole life; the audit trail
has the earlier ones.
"""

from django.db import migrations, models
from django.db.models import Q

import common.clock
import common.ids
from common.db.operations import AuditTable, SqlFile

KEPT = ("mandate", "openquestion", "conflictroute", "ownershiprule", "succession")
UNIQUE = {
    "mandate": (
        "regulators_mandate_once", ("business_line", "role", "region", "authority", "duty", "valid_from")
    ),
    "conflictroute": ("regulators_route_once", ("pack", "conflict", "valid_from")),
    "ownershiprule": ("regulators_ownership_once", ("pack", "kind", "valid_from")),
    "succession": ("regulators_succession_once", ("predecessor", "successor")),
}  # fmt: skip


def retired(words="replaced or dropped at"):
    return models.DateTimeField(blank=True, null=True, verbose_name=words)


def living(name, fields):
    return models.UniqueConstraint(condition=Q(retired_at__isnull=True), fields=fields, name=name)


def fill_successions(apps, schema_editor):
    """A succession is known since both of its bodies are, by their pack."""
    for row in apps.get_model("regulators", "Succession").objects.select_related("predecessor", "successor"):
        row.public_id = common.ids.uuid7()
        row.created_at = max(row.predecessor.created_at, row.successor.created_at)
        row.pack = row.successor.pack
        row.save()


def _iso(day):
    return day.isoformat() if day else None


def fill_map_versions(apps, schema_editor):
    """The present words of every body and region as their first version, known since the body is."""
    version = apps.get_model("regulators", "MapVersion")
    bodies = list(apps.get_model("regulators", "Authority").objects.select_related("parent"))
    since = min((body.created_at for body in bodies), default=common.clock.now())
    pack = next((body.pack for body in bodies if body.pack), "")
    named = ("name_zh", "name_en", "short_zh", "short_en", "kind", "region", "dates_verified", "note_zh", "note_en")
    rows = [
        version(
            kind="authority", code=body.code, pack=body.pack, created_at=body.created_at,
            words={
                **{name: getattr(body, name) for name in named}, "parent": body.parent.code if body.parent else "",
                "valid_from": _iso(body.valid_from), "valid_to": _iso(body.valid_to),
            },
        )
        for body in bodies
    ]
    rows += [
        version(
            kind="region", code=place.code, pack=pack, created_at=since,
            words={
                "name_zh": place.name_zh, "name_en": place.name_en, "parent": place.parent_id or "",
                "scheme": place.scheme,
            },
        )
        for place in apps.get_model("regulators", "Region").objects.all()
    ]
    version.objects.bulk_create(rows)


class Migration(migrations.Migration):

    dependencies = [
        ("regulators", "0004_hand_over_states"),
        ("rulebook", "0006_kept_versions"),
    ]

    operations = [
        migrations.CreateModel(
            name="MapVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ("created_at", models.DateTimeField(default=common.clock.now, editable=False)),
                ("retired_at", retired()),
                (
                    "kind",
                    models.CharField(
                        choices=[("authority", "Authority"), ("region", "Region")], max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="code")),
                ("words", models.JSONField(default=dict, verbose_name="what was said")),
                ("pack", models.CharField(max_length=20, verbose_name="pack")),
            ],
            options={
                "verbose_name": "version of the map",
                "verbose_name_plural": "versions of the map",
                "ordering": ("kind", "code", "id"),
                "indexes": [models.Index(fields=["kind", "code", "id"], name="regulators_map_versions")],
                "constraints": [living("regulators_map_version_once", ("kind", "code"))],
            },
        ),
        migrations.AddField("authority", "retired_at", retired("no longer in the pack since")),
        migrations.AddField("region", "retired_at", retired("no longer in the pack since")),
        *(migrations.AddField(model, "retired_at", retired()) for model in KEPT),
        migrations.AddField("succession", "public_id", models.UUIDField(null=True, editable=False)),
        migrations.AddField(
            "succession", "created_at", models.DateTimeField(default=common.clock.now, editable=False)
        ),
        migrations.AddField(
            "succession", "pack", models.CharField(default="", max_length=20, verbose_name="pack")
        ),
        migrations.RunPython(fill_successions, migrations.RunPython.noop),
        migrations.RunPython(fill_map_versions, migrations.RunPython.noop),
        migrations.AlterField(
            "succession", "public_id", models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)
        ),
        migrations.AlterField("openquestion", "key", models.CharField(max_length=80, verbose_name="key")),
        migrations.AddConstraint("openquestion", living("regulators_open_question_once", ("key",))),
        *(
            operation
            for model, (name, fields) in UNIQUE.items()
            for operation in (
                migrations.RemoveConstraint(model, name), migrations.AddConstraint(model, living(name, fields))
            )
        ),
        AuditTable("regulators_mapversion"),
        *(SqlFile("common", "keep_versions", TABLE=f"regulators_{model}") for model in (*KEPT, "mapversion")),
    ]
