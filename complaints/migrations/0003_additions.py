"""A complainant may add information unasked: one more kind of reply (no change of the table)."""
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("complaints", "0002_clock_events")]

    operations = [
        migrations.AlterField(
            "reply", "kind",
            models.CharField(
                choices=[
                    ("platform", "Answer of the platform"),
                    ("authority", "Decision of the authority"),
                    ("question", "Question of the authority"),
                    ("supplement", "Answer of the complainant"),
                    ("addition", "Information added by the complainant"),
                ],
                max_length=10, verbose_name="kind",
            ),
        ),
    ]
