"""What ends a term and whether it rolls; published calendar years as rows, so that a new notice needs no release."""
import common.clock
import common.ids
from django.db import migrations, models

from common.db.operations import AuditTable


class Migration(migrations.Migration):

    dependencies = [("rulebook", "0001_rulebook_core")]

    operations = [
        migrations.AddField("deadlinerule", "met_by", models.JSONField(default=list, verbose_name="ended by")),
        migrations.AddField(
            "deadlinerule", "rolls",
            models.BooleanField(default=False, verbose_name="a free last day moves to the next working day"),
        ),
        migrations.CreateModel(
            name="WorkingYear",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ("created_at", models.DateTimeField(default=common.clock.now, editable=False)),
                ("pack", models.CharField(max_length=20, verbose_name="pack")),
                ("calendar", models.CharField(max_length=60, verbose_name="calendar")),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("notice", models.DateField(blank=True, null=True, verbose_name="day of the notice")),
                ("notice_verified", models.BooleanField(default=False, verbose_name="notice confirmed")),
                ("holidays", models.JSONField(default=dict, verbose_name="free days")),
                ("workdays", models.JSONField(default=list, verbose_name="make-up workdays")),
                (
                    "origin",
                    models.CharField(
                        choices=[("pack", "Pack"), ("staff", "Staff")], default="pack", max_length=8,
                        verbose_name="made by",
                    ),
                ),
                ("published_by", models.CharField(default="", blank=True, max_length=100, verbose_name="entered by")),
                (
                    "source",
                    models.CharField(blank=True, default="", max_length=300, verbose_name="address of the notice"),
                ),
                ("replaced_at", models.DateTimeField(blank=True, null=True, verbose_name="replaced at")),
            ],
            options={
                "verbose_name": "calendar year",
                "verbose_name_plural": "calendar years",
                "ordering": ("calendar", "-year"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("replaced_at__isnull", True)), fields=("pack", "calendar", "year"),
                        name="working_year_current_once",
                    )
                ],
            },
        ),
        AuditTable("rulebook_workingyear"),
    ]
