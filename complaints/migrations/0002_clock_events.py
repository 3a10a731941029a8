"""Clocks are read from the history: pauses, the calendar version, and what recomputations moved."""
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("complaints", "0001_complaints_core")]

    operations = [
        migrations.AddField(
            "complaintclock", "is_paused", models.BooleanField(default=False, verbose_name="paused")
        ),
        migrations.AddField(
            "complaintclock", "calendar_version",
            models.CharField(blank=True, default="", max_length=64, verbose_name="version of the calendar"),
        ),
        migrations.AddField(
            "complaintclock", "changes", models.JSONField(blank=True, default=list, verbose_name="corrections")
        ),
        migrations.AlterField(
            "complaintclock", "key",
            models.CharField(
                choices=[
                    ("handling", "The authority acts and tells you"),
                    ("first_answer", "The platform answers"),
                    ("decision", "The authority decides"),
                ],
                max_length=20, verbose_name="clock",
            ),
        ),
        migrations.AlterField(
            "reply", "kind",
            models.CharField(
                choices=[
                    ("platform", "Answer of the platform"),
                    ("authority", "Decision of the authority"),
                    ("question", "Question of the authority"),
                    ("supplement", "Answer of the complainant"),
                ],
                max_length=10, verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            "reply", "outcome",
            models.CharField(
                blank=True, default="", max_length=16, verbose_name="outcome",
                choices=[
                    ("upheld", "Granted"), ("partly", "Granted in part"), ("rejected", "Not granted"),
                    ("explained", "Explained"), ("not_in_time", "No answer in time"),
                ],
            ),
        ),
        migrations.RemoveIndex("complaintclock", "complaintclock_running"),
        migrations.AddIndex(
            "complaintclock",
            models.Index(
                fields=["due_on"], name="complaintclock_running",
                condition=models.Q(met_at__isnull=True, escalated_at__isnull=True, is_paused=False),
            ),
        ),
    ]
