"""Values, terms, clauses and instruments keep their versions: at most one living row for each entry.

Rows that were corrected in place before this migration show their last words for their whole life; the audit trail
has the earlier ones.
"""

from django.db import migrations, models
from django.db.models import Q

from common.db.operations import SqlFile

KEPT = {
    "instrument": ("instrument_key_once", ["pack", "key"]),
    "clause": ("clause_key_once", ["pack", "key"]),
    "parametervalue": ("parameter_value_once", ["pack", "key", "valid_from"]),
    "deadlinerule": ("deadline_rule_once", ["pack", "key", "scope", "valid_from"]),
}
INDEXES = {
    "instrument": ("instrument_versions", ["pack", "key", "id"]),
    "clause": ("clause_versions", ["pack", "key", "id"]),
    "parametervalue": ("parameter_value_versions", ["pack", "key", "valid_from", "id"]),
    "deadlinerule": ("deadline_rule_versions", ["pack", "key", "valid_from", "id"]),
}


def _kept(model):
    name, fields = KEPT[model]
    index, columns = INDEXES[model]
    retired = models.DateTimeField(blank=True, null=True, verbose_name="replaced or dropped at")
    living = models.UniqueConstraint(condition=Q(retired_at__isnull=True), fields=fields, name=name)
    return [
        migrations.AlterField(model, "retired_at", retired),
        migrations.RemoveConstraint(model, name),
        migrations.AddConstraint(model, living),
        migrations.AddIndex(model, models.Index(fields=columns, name=index)),
        SqlFile("common", "keep_versions", TABLE=f"rulebook_{model}"),
    ]


class Migration(migrations.Migration):

    dependencies = [("rulebook", "0005_draft_rehearsals")]

    operations = [operation for model in KEPT for operation in _kept(model)]
