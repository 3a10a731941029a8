"""Supervisory cases with their links and notes."""

import common.clock
import common.ids
import django.db.models.deletion
from django.db import migrations, models

from common.db.operations import AuditTable, ProtectRows, SqlFile


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("common", "0002_kernel_sql"),
        ("platforms", "0001_platforms_core"),
        ('regulators', '0001_regulators_core'),
    ]

    operations = [
        migrations.CreateModel(
            name='Case',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('state', models.CharField(choices=[('open', 'Open'), ('assigned', 'Assigned'), ('under_review', 'Under review'), ('measures_proposed', 'Measures proposed'), ('closed', 'Closed')], default='open', max_length=20, verbose_name='state')),
                ('opened_on', models.DateField(default=common.clock.today, verbose_name='opened on')),
                ('origin', models.CharField(choices=[('finding', 'Findings in a filing'), ('area_d', 'Risk area D'), ('warning', 'Early warning'), ('manual', 'Opened by an officer')], max_length=20, verbose_name='opened because of')),
                ('competence', models.CharField(choices=[('decided', 'One lead'), ('overlap', 'Several leads'), ('gap', 'No lead')], default='decided', max_length=20, verbose_name='competence')),
                ('why', models.JSONField(default=dict, verbose_name='why this lead')),
                ('decided_as_of', models.DateField(default=common.clock.today, verbose_name='competence as of')),
                ('known_at', models.DateTimeField(default=common.clock.now, verbose_name='decided at')),
                ('summary', models.JSONField(default=list, verbose_name='summary')),
                ('area', models.CharField(blank=True, default='', max_length=1, verbose_name='risk area')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='due on')),
                ('closed_on', models.DateField(blank=True, null=True, verbose_name='closed on')),
                ('assignee', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regulators.officer', verbose_name='officer in charge')),
                ('owner_authority', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regulators.authority', verbose_name='lead authority')),
                ('platform', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='platforms.platform', verbose_name='platform')),
            ],
            options={
                'verbose_name': 'case',
                'verbose_name_plural': 'cases',
                'ordering': ('due_on', 'id'),
            },
        ),
        migrations.CreateModel(
            name='CaseLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('filing', 'Filing'), ('finding', 'Finding'), ('score', 'Risk score'), ('complaint', 'Complaint'), ('warning', 'Warning')], max_length=20, verbose_name='kind')),
                ('ref', models.CharField(max_length=80, verbose_name='reference')),
                ('added_at', models.DateTimeField(default=common.clock.now, verbose_name='added at')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links', to='cases.case', verbose_name='case')),
            ],
            options={
                'verbose_name': 'case link',
                'verbose_name_plural': 'case links',
            },
        ),
        migrations.CreateModel(
            name='CaseNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('text', models.TextField(verbose_name='text')),
                ('author', models.CharField(max_length=80, verbose_name='author')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='cases.case', verbose_name='case')),
            ],
            options={
                'verbose_name': 'case note',
                'verbose_name_plural': 'case notes',
                'ordering': ('id',),
            },
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['owner_authority', 'state', 'due_on'], name='cases_queue'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['assignee', 'state'], name='cases_mine'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'closed'), _negated=True), fields=('platform',), name='cases_one_running_per_platform'),
        ),
        migrations.AddConstraint(
            model_name='caselink',
            constraint=models.UniqueConstraint(fields=('case', 'kind', 'ref'), name='cases_link_once'),
        ),
        AuditTable("cases_case"),
        AuditTable("cases_caselink"),
        AuditTable("cases_casenote"),
        ProtectRows("cases_case", kind="case"),
        SqlFile("cases", "protect_children"),
    ]
