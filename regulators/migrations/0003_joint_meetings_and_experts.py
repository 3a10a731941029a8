"""Meetings from notice to minutes, papers, votes, actions; experts with sealed opinions; effect counts.

Resolution.responsible and due_on give way to action items; nothing has ever written a resolution before this step.
"""

import common.clock
import common.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from common.db.operations import AuditTable, SqlFile


class Migration(migrations.Migration):

    dependencies = [
        ('common', '0002_kernel_sql'),
        ('regulators', '0002_coordination_and_routing'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='agendaitem',
            options={'ordering': ('meeting', 'position', 'id'), 'verbose_name': 'agenda item', 'verbose_name_plural': 'agenda items'},
        ),
        migrations.RemoveField(
            model_name='resolution',
            name='due_on',
        ),
        migrations.RemoveField(
            model_name='resolution',
            name='responsible',
        ),
        migrations.RenameField(model_name='resolution', old_name='text', new_name='text_zh'),
        migrations.AlterField(
            model_name='resolution',
            name='text_zh',
            field=models.TextField(default='', verbose_name='text (Chinese)'),
        ),
        migrations.AddField(
            model_name='agendaitem',
            name='carried_from',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='carried_to', to='regulators.agendaitem', verbose_name='carried over from'),
        ),
        migrations.AddField(
            model_name='agendaitem',
            name='merged_into',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='regulators.agendaitem', verbose_name='merged into'),
        ),
        migrations.AddField(
            model_name='agendaitem',
            name='outcome',
            field=models.CharField(blank=True, choices=[('resolved', 'Resolved'), ('noted', 'Taken note of'), ('carried_over', 'Carried over to the next meeting')], default='', max_length=20, verbose_name='outcome'),
        ),
        migrations.AddField(
            model_name='agendaitem',
            name='position',
            field=models.PositiveIntegerField(default=0, verbose_name='position'),
        ),
        migrations.AddField(
            model_name='agendaitem',
            name='urgent_reason',
            field=models.CharField(blank=True, default='', max_length=300, verbose_name='why it is urgent'),
        ),
        migrations.AddField(
            model_name='jointmeeting',
            name='closed_on',
            field=models.DateField(blank=True, null=True, verbose_name='closed on'),
        ),
        migrations.AddField(
            model_name='jointmeeting',
            name='convened_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='notice sent at'),
        ),
        migrations.AddField(
            model_name='jointmeeting',
            name='papers_sha256',
            field=models.CharField(blank=True, default='', max_length=64, verbose_name='seal of agenda and papers'),
        ),
        migrations.AddField(
            model_name='jointmeeting',
            name='planned_on',
            field=models.DateField(blank=True, null=True, verbose_name='planned for'),
        ),
        migrations.AddField(
            model_name='resolution',
            name='follows_panel',
            field=models.CharField(blank=True, choices=[('', 'No panel was asked'), ('yes', 'Follows the experts'), ('partly', 'Follows the experts in part'), ('no', 'Does not follow the experts')], default='', max_length=10, verbose_name='experts'),
        ),
        migrations.AddField(
            model_name='resolution',
            name='mode',
            field=models.CharField(choices=[('consent', 'By consent'), ('vote', 'By vote')], default='consent', max_length=10, verbose_name='how'),
        ),
        migrations.AddField(
            model_name='resolution',
            name='panel_reason',
            field=models.TextField(blank=True, default='', verbose_name='why not'),
        ),
        migrations.AddField(
            model_name='resolution',
            name='tally',
            field=models.JSONField(blank=True, default=dict, verbose_name='votes'),
        ),
        migrations.AddField(
            model_name='resolution',
            name='text_en',
            field=models.TextField(default='', verbose_name='text (English)'),
        ),
        migrations.AlterField(
            model_name='agendaitem',
            name='kind',
            field=models.CharField(choices=[('important_matter', 'Important matter'), ('policy_effect', 'Effect of existing policy'), ('consultation', 'Consultation and exchange'), ('overlap', 'Overlapping supervision'), ('gap', 'Missing supervision'), ('undecided', 'Undecided product or duty'), ('follow_up', 'Follow-up of an action')], max_length=20, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='agendaitem',
            name='state',
            field=models.CharField(choices=[('draft', 'Draft'), ('accepted', 'On the agenda'), ('dropped', 'Dropped'), ('merged', 'Merged into another item')], default='draft', max_length=20, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='jointmeeting',
            name='state',
            field=models.CharField(choices=[('preparing', 'In preparation'), ('convened', 'Convened'), ('held', 'Held'), ('closed', 'Closed')], default='preparing', max_length=20, verbose_name='state'),
        ),
        migrations.CreateModel(
            name='DiscussionNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('text', models.TextField(verbose_name='text')),
                ('author', models.CharField(max_length=80, verbose_name='written by')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='regulators.agendaitem', verbose_name='agenda item')),
                ('speaker', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regulators.authority', verbose_name='speaker')),
            ],
            options={
                'verbose_name': 'discussion note',
                'verbose_name_plural': 'discussion notes',
                'ordering': ('id',),
            },
        ),
        migrations.CreateModel(
            name='EffectCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule_id', models.CharField(max_length=120, verbose_name='rule')),
                ('month', models.DateField(verbose_name='month')),
                ('findings', models.PositiveIntegerField(blank=True, null=True, verbose_name='findings')),
                ('complaints', models.PositiveIntegerField(default=0, verbose_name='complaints')),
                ('cases', models.PositiveIntegerField(default=0, verbose_name='cases')),
                ('filings', models.PositiveIntegerField(default=0, verbose_name='filings checked')),
                ('platforms', models.PositiveIntegerField(default=0, verbose_name='platforms')),
                ('counted_at', models.DateTimeField(default=common.clock.now, verbose_name='counted at')),
            ],
            options={
                'verbose_name': 'effect count',
                'verbose_name_plural': 'effect counts',
                'ordering': ('rule_id', 'month'),
                'constraints': [models.UniqueConstraint(fields=('rule_id', 'month'), name='regulators_effect_once')],
            },
        ),
        migrations.CreateModel(
            name='Expert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('fields', models.JSONField(default=list, verbose_name='fields')),
                ('affiliation', models.CharField(blank=True, default='', max_length=200, verbose_name='affiliation')),
                ('term_from', models.DateField(verbose_name='term from')),
                ('term_to', models.DateField(blank=True, null=True, verbose_name='term to')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='expert_terms', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'expert',
                'verbose_name_plural': 'experts',
                'ordering': ('id',),
            },
        ),
        migrations.CreateModel(
            name='ConflictOfInterest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('kind', models.CharField(choices=[('platform', 'Platform'), ('line', 'Business line'), ('authority', 'Authority')], max_length=12, verbose_name='kind')),
                ('ref', models.CharField(max_length=80, verbose_name='in what')),
                ('reason', models.CharField(max_length=300, verbose_name='why')),
                ('declared_on', models.DateField(default=common.clock.today, verbose_name='declared on')),
                ('ended_on', models.DateField(blank=True, null=True, verbose_name='ended on')),
                ('declared_by', models.CharField(max_length=80, verbose_name='declared by')),
                ('expert', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='conflicts', to='regulators.expert', verbose_name='expert')),
            ],
            options={
                'verbose_name': 'conflict of interest',
                'verbose_name_plural': 'conflicts of interest',
                'ordering': ('id',),
            },
        ),
        migrations.CreateModel(
            name='ExpertQuestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('title_zh', models.CharField(max_length=300, verbose_name='title (Chinese)')),
                ('title_en', models.CharField(max_length=300, verbose_name='title (English)')),
                ('text_zh', models.TextField(verbose_name='text (Chinese)')),
                ('text_en', models.TextField(verbose_name='text (English)')),
                ('fields', models.JSONField(default=list, verbose_name='fields')),
                ('platforms', models.JSONField(blank=True, default=list, verbose_name='platforms concerned')),
                ('business_line', models.CharField(blank=True, choices=[('p2p_lending', 'P2P lending'), ('payment', 'Internet payment'), ('equity_crowdfunding', 'Equity crowdfunding'), ('fund_sales', 'Internet fund sales'), ('internet_insurance', 'Internet insurance'), ('internet_trust', 'Internet trust'), ('consumer_finance', 'Internet consumer finance')], default='', max_length=30, verbose_name='business line')),
                ('authorities', models.JSONField(blank=True, default=list, verbose_name='authorities concerned')),
                ('due_at', models.DateTimeField(verbose_name='opinions due')),
                ('state', models.CharField(choices=[('asked', 'Asked; opinions sealed'), ('published', 'Opinions published to the members'), ('withdrawn', 'Withdrawn')], default='asked', max_length=12, verbose_name='state')),
                ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='published at')),
                ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regulators.authority', verbose_name='asked by')),
                ('item', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='questions', to='regulators.agendaitem', verbose_name='agenda item')),
            ],
            options={
                'verbose_name': 'question to experts',
                'verbose_name_plural': 'questions to experts',
                'ordering': ('-id',),
            },
        ),
        migrations.CreateModel(
            name='Minutes',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('revision', models.PositiveSmallIntegerField(default=1, verbose_name='revision')),
                ('text_zh', models.TextField(verbose_name='text (Chinese)')),
                ('text_en', models.TextField(verbose_name='text (English)')),
                ('sha256', models.CharField(max_length=64, verbose_name='seal of the text')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('approved', 'Approved by two members'), ('published', 'Published to the members')], default='draft', max_length=10, verbose_name='state')),
                ('published_on', models.DateField(blank=True, null=True, verbose_name='published on')),
                ('meeting', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='minutes', to='regulators.jointmeeting', verbose_name='meeting')),
            ],
            options={
                'verbose_name': 'minutes',
                'verbose_name_plural': 'minutes',
            },
        ),
        migrations.CreateModel(
            name='MinutesApproval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.PositiveSmallIntegerField(verbose_name='revision')),
                ('sha256', models.CharField(max_length=64, verbose_name='seal of the text')),
                ('approved_at', models.DateTimeField(default=common.clock.now, verbose_name='approved at')),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regulators.authority', verbose_name='authority')),
                ('minutes', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='approvals', to='regulators.minutes', verbose_name='minutes')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'approval of minutes',
                'verbose_name_plural': 'approvals of minutes',
                'ordering': ('id',),
            },
        ),
        migrations.CreateModel(
            name='PanelSeat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('actor', models.CharField(editable=False, max_length=80, verbose_name='label of the expert')),
                ('vault_subject', models.UUIDField(default=common.ids.uuid7, editable=False)),
                ('state', models.CharField(choices=[('seated', 'On the panel'), ('answered', 'Opinion given'), ('recused', 'Recused')], default='seated', max_length=10, verbose_name='state')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='answered at')),
                ('recused_on', models.DateField(blank=True, null=True, verbose_name='recused on')),
                ('recusal_reason', models.CharField(blank=True, default='', max_length=300, verbose_name='reason of the recusal')),
                ('expert', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='seats', to='regulators.expert', verbose_name='expert')),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='seats', to='regulators.expertquestion', verbose_name='question')),
            ],
            options={
                'verbose_name': 'seat on a panel',
                'verbose_name_plural': 'seats on panels',
                'ordering': ('id',),
            },
        ),
        migrations.CreateModel(
            name='Opinion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('version', models.PositiveSmallIntegerField(verbose_name='version')),
                ('sealed', models.BinaryField()),
                ('seat', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='opinions', to='regulators.panelseat', verbose_name='seat')),
            ],
            options={
                'verbose_name': 'opinion',
                'verbose_name_plural': 'opinions',
                'ordering': ('seat', 'version'),
            },
        ),
        migrations.CreateModel(
            name='Vote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('choice', models.CharField(choices=[('for', 'For'), ('against', 'Against'), ('abstain', 'Abstains')], max_length=10, verbose_name='vote')),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regulators.authority', verbose_name='authority')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='votes', to='regulators.agendaitem', verbose_name='agenda item')),
            ],
            options={
                'verbose_name': 'vote',
                'verbose_name_plural': 'votes',
                'ordering': ('id',),
            },
        ),
        migrations.CreateModel(
            name='ActionItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('number', models.PositiveSmallIntegerField(verbose_name='number')),
                ('text_zh', models.TextField(verbose_name='text (Chinese)')),
                ('text_en', models.TextField(default='', verbose_name='text (English)')),
                ('due_on', models.DateField(verbose_name='due on')),
                ('state', models.CharField(choices=[('open', 'Open'), ('reported', 'Reported as done'), ('done', 'Done')], default='open', max_length=10, verbose_name='state')),
                ('report', models.TextField(blank=True, default='', verbose_name='report')),
                ('reminded_at', models.DateTimeField(blank=True, null=True, verbose_name='reminded at')),
                ('overdue_at', models.DateTimeField(blank=True, null=True, verbose_name='marked overdue at')),
                ('done_on', models.DateField(blank=True, null=True, verbose_name='done on')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regulators.authority', verbose_name='who acts')),
                ('resolution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='actions', to='regulators.resolution', verbose_name='resolution')),
            ],
            options={
                'verbose_name': 'action',
                'verbose_name_plural': 'actions',
                'ordering': ('due_on', 'id'),
                'indexes': [models.Index(fields=['state', 'due_on'], name='regulators_action_open')],
                'constraints': [models.UniqueConstraint(fields=('resolution', 'number'), name='regulators_action_number')],
            },
        ),
        migrations.CreateModel(
            name='AgendaPaper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('kind', models.CharField(choices=[('text', 'Text'), ('link', 'Web link'), ('case', 'Case'), ('finding', 'Finding'), ('coverage', 'Gaps and overlaps of supervision'), ('effect', 'Effect of a rule')], max_length=12, verbose_name='kind')),
                ('title_zh', models.CharField(max_length=300, verbose_name='title (Chinese)')),
                ('title_en', models.CharField(max_length=300, verbose_name='title (English)')),
                ('body_zh', models.TextField(blank=True, default='', verbose_name='text (Chinese)')),
                ('body_en', models.TextField(blank=True, default='', verbose_name='text (English)')),
                ('ref', models.CharField(blank=True, default='', max_length=300, verbose_name='reference')),
                ('added_by', models.CharField(max_length=80, verbose_name='added by')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='regulators.agendaitem', verbose_name='agenda item')),
            ],
            options={
                'verbose_name': 'paper',
                'verbose_name_plural': 'papers',
                'ordering': ('id',),
                'constraints': [models.UniqueConstraint(condition=models.Q(('ref', ''), _negated=True), fields=('item', 'kind', 'ref'), name='regulators_paper_once')],
            },
        ),
        migrations.CreateModel(
            name='Attendance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('capacity', models.CharField(choices=[('convenor', 'Convenor'), ('member', 'Member'), ('invitee', 'Invited'), ('participant', 'Takes part')], max_length=12, verbose_name='capacity')),
                ('state', models.CharField(choices=[('expected', 'Expected'), ('present', 'Present'), ('absent', 'Absent')], default='expected', max_length=10, verbose_name='state')),
                ('persons', models.PositiveSmallIntegerField(default=0, verbose_name='persons')),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regulators.authority', verbose_name='authority')),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attendance', to='regulators.jointmeeting', verbose_name='meeting')),
            ],
            options={
                'verbose_name': 'attendance',
                'verbose_name_plural': 'attendance',
                'ordering': ('id',),
                'constraints': [models.UniqueConstraint(fields=('meeting', 'authority'), name='regulators_attendance_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='expert',
            constraint=models.UniqueConstraint(condition=models.Q(('term_to__isnull', True)), fields=('user',), name='regulators_expert_one_open_term'),
        ),
        migrations.AddConstraint(
            model_name='expert',
            constraint=models.CheckConstraint(condition=models.Q(('term_to__isnull', True), ('term_to__gt', models.F('term_from')), _connector='OR'), name='regulators_expert_dates'),
        ),
        migrations.AddConstraint(
            model_name='conflictofinterest',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_on__isnull', True)), fields=('expert', 'kind', 'ref'), name='regulators_conflict_once'),
        ),
        migrations.AddConstraint(
            model_name='minutesapproval',
            constraint=models.UniqueConstraint(fields=('minutes', 'revision', 'user'), name='regulators_minutes_person_once'),
        ),
        migrations.AddConstraint(
            model_name='minutesapproval',
            constraint=models.UniqueConstraint(fields=('minutes', 'revision', 'authority'), name='regulators_minutes_body_once'),
        ),
        migrations.AddConstraint(
            model_name='panelseat',
            constraint=models.UniqueConstraint(fields=('question', 'expert'), name='regulators_seat_once'),
        ),
        migrations.AddConstraint(
            model_name='opinion',
            constraint=models.UniqueConstraint(fields=('seat', 'version'), name='regulators_opinion_version'),
        ),
        migrations.AddConstraint(
            model_name='vote',
            constraint=models.UniqueConstraint(fields=('item', 'authority'), name='regulators_vote_once'),
        ),
        AuditTable("regulators_attendance"),
        AuditTable("regulators_agendapaper"),
        AuditTable("regulators_discussionnote"),
        AuditTable("regulators_vote"),
        AuditTable("regulators_actionitem"),
        AuditTable("regulators_minutes"),
        AuditTable("regulators_minutesapproval"),
        AuditTable("regulators_expert"),
        AuditTable("regulators_conflictofinterest"),
        AuditTable("regulators_expertquestion"),
        AuditTable("regulators_panelseat"),
        AuditTable("regulators_opinion"),
        SqlFile("regulators", "expert_rows"),
    ]
