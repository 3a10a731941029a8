"""Authorities over time, mandates, officers, shared objects, joint meetings."""

import common.clock
import common.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from common.db.operations import AuditTable


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("common", "0002_kernel_sql"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='JointMeeting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('quarter', models.CharField(max_length=6, unique=True, verbose_name='quarter')),
                ('held_on', models.DateField(blank=True, null=True, verbose_name='held on')),
                ('state', models.CharField(choices=[('preparing', 'In preparation'), ('held', 'Held')], default='preparing', max_length=20, verbose_name='state')),
            ],
            options={
                'verbose_name': 'joint meeting',
                'verbose_name_plural': 'joint meetings',
                'ordering': ('-quarter',),
            },
        ),
        migrations.CreateModel(
            name='OpenQuestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('key', models.CharField(max_length=80, unique=True, verbose_name='key')),
                ('title_zh', models.CharField(max_length=300, verbose_name='title (Chinese)')),
                ('title_en', models.CharField(max_length=300, verbose_name='title (English)')),
                ('why_zh', models.TextField(verbose_name='reason (Chinese)')),
                ('why_en', models.TextField(verbose_name='reason (English)')),
                ('business_line', models.CharField(blank=True, choices=[('p2p_lending', 'P2P lending'), ('payment', 'Internet payment'), ('equity_crowdfunding', 'Equity crowdfunding'), ('fund_sales', 'Internet fund sales'), ('internet_insurance', 'Internet insurance'), ('internet_trust', 'Internet trust'), ('consumer_finance', 'Internet consumer finance')], default='', max_length=30, verbose_name='business line')),
                ('role', models.CharField(blank=True, choices=[('institution', 'Institution (licence and soundness)'), ('conduct', 'Conduct of business'), ('rule_making', 'Rule making'), ('content', 'Telecom and content'), ('funds', 'Client funds and depository'), ('crime', 'Crime')], default='', max_length=20, verbose_name='role')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='valid from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='valid to')),
                ('pack', models.CharField(default='', max_length=20, verbose_name='pack')),
            ],
            options={
                'verbose_name': 'open question',
                'verbose_name_plural': 'open questions',
                'ordering': ('key',),
            },
        ),
        migrations.CreateModel(
            name='Region',
            fields=[
                ('name_zh', models.CharField(max_length=200, verbose_name='name (Chinese)')),
                ('name_en', models.CharField(max_length=200, verbose_name='name (English)')),
                ('code', models.CharField(max_length=6, primary_key=True, serialize=False, verbose_name='code')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='valid from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='valid to')),
            ],
            options={
                'verbose_name': 'region',
                'verbose_name_plural': 'regions',
                'ordering': ('code',),
            },
        ),
        migrations.CreateModel(
            name='Authority',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('name_zh', models.CharField(max_length=200, verbose_name='name (Chinese)')),
                ('name_en', models.CharField(max_length=200, verbose_name='name (English)')),
                ('code', models.CharField(max_length=40, unique=True, verbose_name='code')),
                ('short_zh', models.CharField(blank=True, default='', max_length=80, verbose_name='short name (Chinese)')),
                ('short_en', models.CharField(blank=True, default='', max_length=80, verbose_name='short name (English)')),
                ('kind', models.CharField(choices=[('central', 'Central body'), ('local_branch', 'Local branch of a central body'), ('local_office', 'Local finance office'), ('information', 'Information authority'), ('crime', 'Police'), ('registration', 'Market regulation'), ('invited', 'Invited to the joint meeting'), ('association', 'Industry association')], max_length=20, verbose_name='kind')),
                ('region', models.CharField(default='000000', max_length=6, verbose_name='region')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='valid from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='valid to')),
                ('pack', models.CharField(default='', max_length=20, verbose_name='pack')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='branches', to='regulators.authority', verbose_name='parent body')),
            ],
            options={
                'verbose_name': 'authority',
                'verbose_name_plural': 'authorities',
                'ordering': ('code',),
            },
        ),
        migrations.CreateModel(
            name='AgendaItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('kind', models.CharField(choices=[('important_matter', 'Important matter'), ('policy_effect', 'Effect of existing policy'), ('consultation', 'Consultation and exchange'), ('overlap', 'Overlapping supervision'), ('gap', 'Missing supervision'), ('undecided', 'Undecided product or duty')], max_length=20, verbose_name='kind')),
                ('subject', models.CharField(max_length=200, verbose_name='subject')),
                ('title_zh', models.CharField(max_length=300, verbose_name='title (Chinese)')),
                ('title_en', models.CharField(max_length=300, verbose_name='title (English)')),
                ('body_zh', models.TextField(blank=True, default='', verbose_name='text (Chinese)')),
                ('body_en', models.TextField(blank=True, default='', verbose_name='text (English)')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('accepted', 'On the agenda'), ('dropped', 'Dropped')], default='draft', max_length=20, verbose_name='state')),
                ('proposed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regulators.authority', verbose_name='proposed by')),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agenda', to='regulators.jointmeeting', verbose_name='joint meeting')),
            ],
            options={
                'verbose_name': 'agenda item',
                'verbose_name_plural': 'agenda items',
                'ordering': ('meeting', 'id'),
            },
        ),
        migrations.CreateModel(
            name='Mandate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('business_line', models.CharField(choices=[('p2p_lending', 'P2P lending'), ('payment', 'Internet payment'), ('equity_crowdfunding', 'Equity crowdfunding'), ('fund_sales', 'Internet fund sales'), ('internet_insurance', 'Internet insurance'), ('internet_trust', 'Internet trust'), ('consumer_finance', 'Internet consumer finance')], max_length=30, verbose_name='business line')),
                ('role', models.CharField(choices=[('institution', 'Institution (licence and soundness)'), ('conduct', 'Conduct of business'), ('rule_making', 'Rule making'), ('content', 'Telecom and content'), ('funds', 'Client funds and depository'), ('crime', 'Crime')], max_length=20, verbose_name='role')),
                ('region', models.CharField(max_length=6, verbose_name='region')),
                ('duty', models.CharField(choices=[('lead', 'Lead'), ('assist', 'Assist')], max_length=10, verbose_name='duty')),
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='valid to')),
                ('basis_zh', models.CharField(blank=True, default='', max_length=300, verbose_name='basis (Chinese)')),
                ('basis_en', models.CharField(blank=True, default='', max_length=300, verbose_name='basis (English)')),
                ('source', models.JSONField(blank=True, default=dict, verbose_name='source')),
                ('verified', models.BooleanField(default=False, verbose_name='source confirmed')),
                ('pack', models.CharField(default='', max_length=20, verbose_name='pack')),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mandates', to='regulators.authority', verbose_name='authority')),
            ],
            options={
                'verbose_name': 'mandate',
                'verbose_name_plural': 'mandates',
                'ordering': ('business_line', 'role', 'region', 'valid_from'),
            },
        ),
        migrations.CreateModel(
            name='ObjectAccess',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('object_kind', models.CharField(max_length=40, verbose_name='kind of object')),
                ('object_id', models.BigIntegerField(verbose_name='object')),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('granted_at', models.DateTimeField(default=common.clock.now, verbose_name='granted at')),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shared_objects', to='regulators.authority', verbose_name='authority')),
            ],
            options={
                'verbose_name': 'shared object',
                'verbose_name_plural': 'shared objects',
                'db_table': 'regulators_objectaccess',
            },
        ),
        migrations.CreateModel(
            name='Officer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('roles', models.JSONField(default=list, verbose_name='roles')),
                ('title', models.CharField(blank=True, default='', max_length=120, verbose_name='title')),
                ('term_from', models.DateField(verbose_name='term from')),
                ('term_to', models.DateField(blank=True, null=True, verbose_name='term to')),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='officers', to='regulators.authority', verbose_name='authority')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='terms_of_office', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'officer',
                'verbose_name_plural': 'officers',
                'ordering': ('authority', 'user'),
            },
        ),
        migrations.CreateModel(
            name='Resolution',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('text', models.TextField(verbose_name='text')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='due on')),
                ('item', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='resolution', to='regulators.agendaitem', verbose_name='agenda item')),
                ('responsible', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regulators.authority', verbose_name='who acts')),
            ],
            options={
                'verbose_name': 'resolution',
                'verbose_name_plural': 'resolutions',
            },
        ),
        migrations.CreateModel(
            name='Succession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(verbose_name='first day')),
                ('predecessor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='successions', to='regulators.authority', verbose_name='predecessor')),
                ('successor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='inheritances', to='regulators.authority', verbose_name='successor')),
            ],
            options={
                'verbose_name': 'succession',
                'verbose_name_plural': 'successions',
                'ordering': ('on',),
            },
        ),
        migrations.AddConstraint(
            model_name='authority',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_from__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='regulators_authority_dates'),
        ),
        migrations.AddConstraint(
            model_name='agendaitem',
            constraint=models.UniqueConstraint(fields=('meeting', 'subject'), name='regulators_agendaitem_once'),
        ),
        migrations.AddConstraint(
            model_name='mandate',
            constraint=models.UniqueConstraint(fields=('business_line', 'role', 'region', 'authority', 'duty', 'valid_from'), name='regulators_mandate_once'),
        ),
        migrations.AddConstraint(
            model_name='mandate',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='regulators_mandate_dates'),
        ),
        migrations.AddConstraint(
            model_name='objectaccess',
            constraint=models.UniqueConstraint(fields=('object_kind', 'object_id', 'authority'), name='regulators_objectaccess_once'),
        ),
        migrations.AddConstraint(
            model_name='officer',
            constraint=models.UniqueConstraint(condition=models.Q(('term_to__isnull', True)), fields=('user', 'authority'), name='regulators_officer_one_open_term'),
        ),
        migrations.AddConstraint(
            model_name='officer',
            constraint=models.CheckConstraint(condition=models.Q(('term_to__isnull', True), ('term_to__gt', models.F('term_from')), _connector='OR'), name='regulators_officer_dates'),
        ),
        migrations.AddConstraint(
            model_name='succession',
            constraint=models.UniqueConstraint(fields=('predecessor', 'successor'), name='regulators_succession_once'),
        ),
        AuditTable("regulators_authority"),
        AuditTable("regulators_succession"),
        AuditTable("regulators_mandate"),
        AuditTable("regulators_openquestion"),
        AuditTable("regulators_officer"),
        AuditTable("regulators_objectaccess"),
        AuditTable("regulators_jointmeeting"),
        AuditTable("regulators_agendaitem"),
        AuditTable("regulators_resolution"),
    ]
