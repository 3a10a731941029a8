"""Regions in a tree, dated terms, routes and ownership, hand-overs and consultations."""

import common.clock
import common.ids
import django.db.models.deletion
from django.db import migrations, models

from common.db.operations import AuditTable, SqlFile


class Migration(migrations.Migration):

    dependencies = [
        ('regulators', '0001_regulators_core'),
    ]

    operations = [
        migrations.AddField(
            model_name='authority',
            name='dates_verified',
            field=models.BooleanField(default=False, verbose_name='dates confirmed'),
        ),
        migrations.AddField(
            model_name='authority',
            name='note_en',
            field=models.CharField(blank=True, default='', max_length=300, verbose_name='note (English)'),
        ),
        migrations.AddField(
            model_name='authority',
            name='note_zh',
            field=models.CharField(blank=True, default='', max_length=300, verbose_name='note (Chinese)'),
        ),
        migrations.AddField(
            model_name='officer',
            name='appointment',
            field=models.CharField(blank=True, default='', max_length=200, verbose_name='appointed by'),
        ),
        migrations.AddField(
            model_name='officer',
            name='end_reason',
            field=models.CharField(blank=True, default='', max_length=200, verbose_name='why the term ended'),
        ),
        migrations.AddField(
            model_name='region',
            name='parent',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='regulators.region', verbose_name='lies in'),
        ),
        migrations.AddField(
            model_name='region',
            name='scheme',
            field=models.JSONField(blank=True, default=dict, verbose_name='code scheme'),
        ),
        migrations.AlterField(
            model_name='authority',
            name='region',
            field=models.CharField(default='000000', max_length=12, verbose_name='region'),
        ),
        migrations.AlterField(
            model_name='mandate',
            name='region',
            field=models.CharField(max_length=12, verbose_name='region'),
        ),
        migrations.AlterField(
            model_name='region',
            name='code',
            field=models.CharField(max_length=12, primary_key=True, serialize=False, verbose_name='code'),
        ),
        migrations.CreateModel(
            name='ConflictRoute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('why_zh', models.TextField(verbose_name='reason (Chinese)')),
                ('why_en', models.TextField(verbose_name='reason (English)')),
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='valid to')),
                ('basis_zh', models.CharField(blank=True, default='', max_length=300, verbose_name='basis (Chinese)')),
                ('basis_en', models.CharField(blank=True, default='', max_length=300, verbose_name='basis (English)')),
                ('source', models.JSONField(blank=True, default=dict, verbose_name='source')),
                ('verified', models.BooleanField(default=False, verbose_name='source confirmed')),
                ('pack', models.CharField(default='', max_length=20, verbose_name='pack')),
                ('conflict', models.CharField(choices=[('entity', 'Several bodies claim an institution, or none does'), ('person', 'Several bodies claim a person, or none does'), ('dispute', 'Two bodies dispute who is competent'), ('cross_region', 'A matter reaches across provinces')], max_length=20, verbose_name='conflict')),
                ('destination', models.CharField(choices=[('registered_place', 'The lead at the registered place'), ('domicile', 'The lead at the domicile or habitual residence'), ('common_superior', 'The lowest common superior body'), ('joint_meeting', 'The joint meeting')], max_length=20, verbose_name='goes to')),
                ('role', models.CharField(choices=[('institution', 'Institution (licence and soundness)'), ('conduct', 'Conduct of business'), ('rule_making', 'Rule making'), ('content', 'Telecom and content'), ('funds', 'Client funds and depository'), ('crime', 'Crime')], default='conduct', max_length=20, verbose_name='role')),
            ],
            options={
                'verbose_name': 'route of a conflict',
                'verbose_name_plural': 'routes of conflicts',
                'ordering': ('conflict', 'valid_from'),
                'constraints': [models.UniqueConstraint(fields=('pack', 'conflict', 'valid_from'), name='regulators_route_once'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='regulators_route_dates')],
            },
        ),
        migrations.CreateModel(
            name='OwnershipRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('why_zh', models.TextField(verbose_name='reason (Chinese)')),
                ('why_en', models.TextField(verbose_name='reason (English)')),
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='valid to')),
                ('basis_zh', models.CharField(blank=True, default='', max_length=300, verbose_name='basis (Chinese)')),
                ('basis_en', models.CharField(blank=True, default='', max_length=300, verbose_name='basis (English)')),
                ('source', models.JSONField(blank=True, default=dict, verbose_name='source')),
                ('verified', models.BooleanField(default=False, verbose_name='source confirmed')),
                ('pack', models.CharField(default='', max_length=20, verbose_name='pack')),
                ('kind', models.CharField(max_length=40, verbose_name='kind of object')),
                ('role', models.CharField(choices=[('institution', 'Institution (licence and soundness)'), ('conduct', 'Conduct of business'), ('rule_making', 'Rule making'), ('content', 'Telecom and content'), ('funds', 'Client funds and depository'), ('crime', 'Crime')], max_length=20, verbose_name='role')),
            ],
            options={
                'verbose_name': 'ownership rule',
                'verbose_name_plural': 'ownership rules',
                'ordering': ('kind', 'valid_from'),
                'constraints': [models.UniqueConstraint(fields=('pack', 'kind', 'valid_from'), name='regulators_ownership_once'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='regulators_ownership_dates')],
            },
        ),
        migrations.CreateModel(
            name='Consultation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('subject', models.CharField(max_length=80, verbose_name='subject')),
                ('title_zh', models.CharField(max_length=300, verbose_name='title (Chinese)')),
                ('title_en', models.CharField(max_length=300, verbose_name='title (English)')),
                ('answer', models.TextField(blank=True, default='', verbose_name='answer')),
                ('sent_on', models.DateField(default=common.clock.today, verbose_name='sent on')),
                ('due_on', models.DateField(verbose_name='due on')),
                ('is_provisional', models.BooleanField(default=False, verbose_name='date provisional')),
                ('why_due', models.JSONField(blank=True, default=dict, verbose_name='why this date')),
                ('answered_on', models.DateField(blank=True, null=True, verbose_name='answered on')),
                ('sent_by', models.CharField(default='', max_length=80, verbose_name='sent by')),
                ('answered_by', models.CharField(blank=True, default='', max_length=80, verbose_name='answered by')),
                ('state', models.CharField(choices=[('open', 'Waiting for an opinion'), ('answered', 'Answered'), ('withdrawn', 'Withdrawn')], default='open', max_length=20, verbose_name='state')),
                ('question', models.TextField(verbose_name='question')),
                ('papers', models.JSONField(blank=True, default=list, verbose_name='papers')),
                ('reminded_on', models.DateField(blank=True, null=True, verbose_name='reminded on')),
                ('from_authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regulators.authority', verbose_name='from')),
                ('to_authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regulators.authority', verbose_name='to')),
            ],
            options={
                'verbose_name': 'consultation',
                'verbose_name_plural': 'consultations',
                'ordering': ('due_on', 'id'),
                'indexes': [models.Index(fields=['to_authority', 'state', 'due_on'], name='regulators_consult_in'), models.Index(fields=['from_authority', 'state', 'due_on'], name='regulators_consult_out')],
                'constraints': [models.CheckConstraint(condition=models.Q(('from_authority', models.F('to_authority')), _negated=True), name='regulators_consult_two_bodies')],
            },
        ),
        migrations.CreateModel(
            name='HandOver',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('subject', models.CharField(max_length=80, verbose_name='subject')),
                ('title_zh', models.CharField(max_length=300, verbose_name='title (Chinese)')),
                ('title_en', models.CharField(max_length=300, verbose_name='title (English)')),
                ('answer', models.TextField(blank=True, default='', verbose_name='answer')),
                ('sent_on', models.DateField(default=common.clock.today, verbose_name='sent on')),
                ('due_on', models.DateField(verbose_name='due on')),
                ('is_provisional', models.BooleanField(default=False, verbose_name='date provisional')),
                ('why_due', models.JSONField(blank=True, default=dict, verbose_name='why this date')),
                ('answered_on', models.DateField(blank=True, null=True, verbose_name='answered on')),
                ('sent_by', models.CharField(default='', max_length=80, verbose_name='sent by')),
                ('answered_by', models.CharField(blank=True, default='', max_length=80, verbose_name='answered by')),
                ('state', models.CharField(choices=[('offered', 'Waiting for an answer'), ('reminded', 'Overdue, reminded'), ('raised', 'Overdue, with the superior body'), ('before_meeting', 'Before the joint meeting'), ('accepted', 'Accepted'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn'), ('settled', 'Settled by the joint meeting')], default='offered', max_length=20, verbose_name='state')),
                ('reason', models.TextField(verbose_name='reason')),
                ('superior_on', models.DateField(verbose_name='goes to the superior on')),
                ('meeting_on', models.DateField(verbose_name='goes to the joint meeting on')),
                ('agenda_item', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regulators.agendaitem', verbose_name='agenda item')),
                ('from_authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regulators.authority', verbose_name='from')),
                ('responsible', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regulators.authority', verbose_name='responsible')),
                ('superior', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regulators.authority', verbose_name='superior body')),
                ('to_authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regulators.authority', verbose_name='to')),
            ],
            options={
                'verbose_name': 'hand-over',
                'verbose_name_plural': 'hand-overs',
                'ordering': ('due_on', 'id'),
                'indexes': [models.Index(fields=['to_authority', 'state', 'due_on'], name='regulators_handover_in'), models.Index(fields=['from_authority', 'state', 'due_on'], name='regulators_handover_out')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ('offered', 'reminded', 'raised', 'before_meeting'))), fields=('subject',), name='regulators_handover_one_open'), models.CheckConstraint(condition=models.Q(('from_authority', models.F('to_authority')), _negated=True), name='regulators_handover_two_bodies'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'accepted'), ('responsible', models.F('to_authority'))), models.Q(models.Q(('state__in', ('accepted', 'settled')), _negated=True), ('responsible', models.F('from_authority'))), models.Q(('state', 'settled'), models.Q(('responsible', models.F('from_authority')), ('responsible', models.F('to_authority')), _connector='OR')), _connector='OR'), name='regulators_handover_one_responsible')],
            },
        ),
        AuditTable("regulators_conflictroute"),
        AuditTable("regulators_ownershiprule"),
        AuditTable("regulators_consultation"),
        AuditTable("regulators_handover"),
        SqlFile("regulators", "two_parties", TABLE="regulators_consultation", KIND="consultation"),
        SqlFile("regulators", "two_parties", TABLE="regulators_handover", KIND="handover"),
    ]
