"""Complaints with their clocks, replies, attachments and drafts; row-level security and audit from the first row."""

import common.clock
import common.ids
import django.db.models.deletion
import uuid
from django.db import migrations, models

from common.db.operations import AuditTable, ProtectRows, SqlFile


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('common', '0002_kernel_sql'),
        ('platforms', '0001_platforms_core'),
        ('regulators', '0001_regulators_core'),
    ]

    operations = [
        migrations.CreateModel(
            name='ComplaintDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('code_hash', models.CharField(max_length=64, unique=True)),
                ('person', models.UUIDField(default=uuid.uuid4)),
                ('body_sealed', models.BinaryField(verbose_name='text')),
                ('language', models.CharField(max_length=10, verbose_name='language')),
                ('expires_at', models.DateTimeField(db_index=True, verbose_name='kept until')),
            ],
            options={
                'verbose_name': 'draft',
                'verbose_name_plural': 'drafts',
            },
        ),
        migrations.CreateModel(
            name='Complaint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('state', models.CharField(choices=[('filed', 'Received'), ('routed', 'With the authority in charge'), ('with_platform', 'Sent to the platform'), ('answered', 'Answered by the platform'), ('escalated', 'Overdue, taken over by the authority'), ('closed', 'Closed'), ('withdrawn', 'Withdrawn')], default='filed', max_length=16, verbose_name='state')),
                ('platform_text_sealed', models.BinaryField(blank=True, null=True, verbose_name='platform, as told')),
                ('business_line', models.CharField(blank=True, choices=[('p2p_lending', 'P2P lending'), ('payment', 'Internet payment'), ('equity_crowdfunding', 'Equity crowdfunding'), ('fund_sales', 'Internet fund sales'), ('internet_insurance', 'Internet insurance'), ('internet_trust', 'Internet trust'), ('consumer_finance', 'Internet consumer finance')], default='', max_length=40, verbose_name='business line')),
                ('region', models.CharField(default='000000', max_length=6, verbose_name='region')),
                ('owner_why', models.JSONField(blank=True, default=dict, verbose_name='why this authority')),
                ('category', models.CharField(choices=[('payment_delayed', 'I cannot get my money out, or a payment is late'), ('fees', 'Interest, fees or charges'), ('collection', 'How a debt is being collected'), ('misleading', 'Misleading promises or missing information'), ('privacy', 'My personal data'), ('account', 'A transaction I did not make, or an error in my account'), ('other', 'Something else')], default='other', max_length=20, verbose_name='subject')),
                ('happened_on', models.DateField(blank=True, null=True, verbose_name='happened on')),
                ('amount', models.DecimalField(blank=True, decimal_places=2, max_digits=20, null=True, verbose_name='amount in dispute')),
                ('currency', models.CharField(default='CNY', max_length=3, verbose_name='currency')),
                ('person', models.UUIDField(verbose_name='key of the complainant')),
                ('narrative_sealed', models.BinaryField(verbose_name='what happened')),
                ('contact_channel', models.CharField(blank=True, choices=[('', 'Do not contact me; I will look with my receipt number'), ('email', 'By e-mail'), ('sms', 'By text message')], default='', max_length=8, verbose_name='contact channel')),
                ('contact_sealed', models.BinaryField(blank=True, null=True, verbose_name='contact address')),
                ('contact_index', models.CharField(blank=True, default='', max_length=64, verbose_name='contact index')),
                ('name_sealed', models.BinaryField(blank=True, null=True, verbose_name='name')),
                ('identity_tier', models.CharField(choices=[('anonymous', 'Anonymous'), ('verified_contact', 'Contact confirmed'), ('real_name', 'Real name given')], default='anonymous', max_length=20, verbose_name='identity')),
                ('receipt_key', models.CharField(blank=True, db_index=True, default='', max_length=16)),
                ('receipt_hash', models.CharField(blank=True, default='', max_length=64)),
                ('language', models.CharField(default='zh-hans', max_length=10, verbose_name='language')),
                ('source', models.CharField(choices=[('web', 'Web form'), ('api', 'API'), ('import', 'Imported history')], max_length=8, verbose_name='source')),
                ('external_ref', models.CharField(blank=True, max_length=80, null=True, unique=True, verbose_name='external reference')),
                ('filed_at', models.DateTimeField(verbose_name='received at')),
                ('forwarded_at', models.DateTimeField(blank=True, null=True, verbose_name='sent to the platform at')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed at')),
                ('outcome', models.CharField(blank=True, choices=[('upheld', 'Granted'), ('partly', 'Granted in part'), ('rejected', 'Not granted'), ('explained', 'Explained'), ('not_in_time', 'No answer in time')], default='', max_length=16, verbose_name='outcome')),
                ('owner_authority', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='complaints', to='regulators.authority', verbose_name='authority in charge')),
                ('platform', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='complaints', to='platforms.platform', verbose_name='platform')),
            ],
            options={
                'verbose_name': 'complaint',
                'verbose_name_plural': 'complaints',
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('kind', models.CharField(choices=[('image', 'Picture'), ('pdf', 'PDF document')], max_length=8, verbose_name='kind')),
                ('media_type', models.CharField(max_length=40, verbose_name='media type')),
                ('size_bytes', models.PositiveIntegerField(verbose_name='size in bytes')),
                ('sha256', models.CharField(max_length=64, verbose_name='SHA-256')),
                ('filename_sealed', models.BinaryField(verbose_name='file name')),
                ('content_sealed', models.BinaryField(verbose_name='content')),
                ('complaint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='complaints.complaint')),
            ],
            options={
                'verbose_name': 'attachment',
                'verbose_name_plural': 'attachments',
            },
        ),
        migrations.CreateModel(
            name='ComplaintClock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(choices=[('handling', 'The authority acts and tells you'), ('first_answer', 'The platform answers')], max_length=20, verbose_name='clock')),
                ('rule_id', models.CharField(max_length=40, verbose_name='rule')),
                ('rule', models.JSONField(default=dict, verbose_name='rule reference')),
                ('started_at', models.DateTimeField(verbose_name='started at')),
                ('due_on', models.DateField(verbose_name='due on')),
                ('is_provisional', models.BooleanField(default=False, verbose_name='provisional')),
                ('steps', models.JSONField(default=list, verbose_name='why this date')),
                ('met_at', models.DateTimeField(blank=True, null=True, verbose_name='met at')),
                ('escalated_at', models.DateTimeField(blank=True, null=True, verbose_name='escalated at')),
                ('complaint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='clocks', to='complaints.complaint')),
            ],
            options={
                'verbose_name': 'clock',
                'verbose_name_plural': 'clocks',
            },
        ),
        migrations.CreateModel(
            name='LookupWindow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address_hash', models.CharField(max_length=64)),
                ('purpose', models.CharField(max_length=12, verbose_name='purpose')),
                ('window_start', models.DateTimeField(verbose_name='window')),
                ('count', models.PositiveIntegerField(default=0, verbose_name='count')),
            ],
            options={
                'verbose_name': 'request window',
                'verbose_name_plural': 'request windows',
                'indexes': [models.Index(fields=['window_start'], name='lookupwindow_start')],
                'constraints': [models.UniqueConstraint(fields=('address_hash', 'purpose', 'window_start'), name='lookupwindow_once')],
            },
        ),
        migrations.CreateModel(
            name='PersonalRead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(max_length=20, verbose_name='what was read')),
                ('purpose', models.CharField(max_length=200, verbose_name='purpose')),
                ('reader', models.CharField(max_length=120, verbose_name='reader')),
                ('read_at', models.DateTimeField(verbose_name='read at')),
                ('complaint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reads', to='complaints.complaint')),
            ],
            options={
                'verbose_name': 'reading of personal data',
                'verbose_name_plural': 'readings of personal data',
                'ordering': ('-id',),
            },
        ),
        migrations.CreateModel(
            name='Reply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('kind', models.CharField(choices=[('platform', 'Answer of the platform'), ('authority', 'Decision of the authority')], max_length=10, verbose_name='kind')),
                ('outcome', models.CharField(choices=[('upheld', 'Granted'), ('partly', 'Granted in part'), ('rejected', 'Not granted'), ('explained', 'Explained'), ('not_in_time', 'No answer in time')], max_length=16, verbose_name='outcome')),
                ('body_sealed', models.BinaryField(verbose_name='text')),
                ('said_at', models.DateTimeField(verbose_name='said at')),
                ('said_by', models.CharField(max_length=120, verbose_name='said by')),
                ('complaint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='replies', to='complaints.complaint')),
            ],
            options={
                'verbose_name': 'reply',
                'verbose_name_plural': 'replies',
                'ordering': ('id',),
            },
        ),
        migrations.AddIndex(
            model_name='complaint',
            index=models.Index(fields=['owner_authority', 'state', '-id'], name='complaint_owner_state'),
        ),
        migrations.AddIndex(
            model_name='complaint',
            index=models.Index(fields=['platform', '-filed_at'], name='complaint_platform_filed'),
        ),
        migrations.AddIndex(
            model_name='complaint',
            index=models.Index(condition=models.Q(('contact_index', ''), _negated=True), fields=['contact_index'], name='complaint_contact'),
        ),
        migrations.AddConstraint(
            model_name='complaint',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['filed', 'routed', 'with_platform', 'answered', 'escalated', 'closed', 'withdrawn'])), name='complaint_state_known'),
        ),
        migrations.AddConstraint(
            model_name='complaint',
            constraint=models.CheckConstraint(condition=models.Q(('source__in', ['web', 'api', 'import'])), name='complaint_source_known'),
        ),
        migrations.AddConstraint(
            model_name='complaint',
            constraint=models.CheckConstraint(condition=models.Q(('region__regex', '^[0-9]{6}$')), name='complaint_region_is_code'),
        ),
        migrations.AddConstraint(
            model_name='complaint',
            constraint=models.CheckConstraint(condition=models.Q(('amount__isnull', True), ('amount__gte', 0), _connector='OR'), name='complaint_amount_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='complaint',
            constraint=models.CheckConstraint(condition=models.Q(('closed_at__isnull', True), ('closed_at__gte', models.F('filed_at')), _connector='OR'), name='complaint_closed_after_filed'),
        ),
        migrations.AddConstraint(
            model_name='complaint',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['with_platform', 'answered']), _negated=True), ('platform__isnull', False), _connector='OR'), name='complaint_forwarded_has_platform'),
        ),
        migrations.AddConstraint(
            model_name='complaint',
            constraint=models.UniqueConstraint(condition=models.Q(('receipt_hash', ''), _negated=True), fields=('receipt_hash',), name='complaint_receipt_once'),
        ),
        migrations.AddIndex(
            model_name='complaintclock',
            index=models.Index(condition=models.Q(('escalated_at__isnull', True), ('met_at__isnull', True)), fields=['due_on'], name='complaintclock_running'),
        ),
        migrations.AddConstraint(
            model_name='complaintclock',
            constraint=models.UniqueConstraint(fields=('complaint', 'key'), name='complaintclock_once'),
        ),
        AuditTable("complaints_complaint"),
        AuditTable("complaints_complaintclock"),
        AuditTable("complaints_reply"),
        ProtectRows("complaints_complaint", kind="complaint", platform_column="platform_id"),
        SqlFile("complaints", "protect_children"),
    ]
