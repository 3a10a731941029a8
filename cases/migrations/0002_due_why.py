"""A case keeps the term its date comes from and the steps of the count."""
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("cases", "0001_cases_core")]

    operations = [
        migrations.AddField(
            "case", "due_why", models.JSONField(blank=True, default=dict, verbose_name="why this date")
        ),
    ]
