"""Functions for row-level security and audit; append-only tables; audited tables of the kernel."""

from django.db import migrations

from common.db.operations import AuditTable, SqlFile


class Migration(migrations.Migration):
    dependencies = [("common", "0001_common_core")]

    operations = [
        SqlFile("common", "kernel"),
        AuditTable("common_outgoingmessage"),
    ]
