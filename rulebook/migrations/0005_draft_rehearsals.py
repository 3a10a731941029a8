"""Trials of drafts on accepted filings, kept with the draft."""

import common.clock
import common.ids
import django.db.models.deletion
from django.db import migrations, models

from common.db.operations import AuditTable

class Migration(migrations.Migration):

    dependencies = [
        ('rulebook', '0004_rule_drafts_and_confirmations'),
    ]

    operations = [
        migrations.CreateModel(
            name='DraftRehearsal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('on', models.DateField(verbose_name='law of the day')),
                ('text', models.TextField(verbose_name='text')),
                ('state', models.CharField(choices=[('open', 'Being tried'), ('done', 'Tried'), ('failed', 'Could not be tried'), ('cancelled', 'Stopped')], default='open', max_length=10, verbose_name='state')),
                ('asked_by', models.CharField(max_length=120, verbose_name='asked by')),
                ('asked_as', models.JSONField(verbose_name='asked as')),
                ('asked_at', models.DateTimeField(verbose_name='asked at')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended at')),
                ('ended_by', models.CharField(blank=True, max_length=120, verbose_name='ended by person')),
                ('result', models.JSONField(blank=True, null=True, verbose_name='result')),
                ('draft', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rehearsals', to='rulebook.ruledraft', verbose_name='rule draft')),
            ],
            options={
                'verbose_name': 'rehearsal of a draft',
                'verbose_name_plural': 'rehearsals of drafts',
                'ordering': ('-id',),
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('draft',), name='draft_rehearsal_one_open')],
            },
        ),
        AuditTable("rulebook_draftrehearsal"),
    ]
