"""The register, filings with revisions, findings, comparisons."""


import common.clock
import common.ids
import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

from common.db.operations import AuditTable, ProtectRows, SqlFile


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('regulators', '0001_regulators_core'),
        ('rulebook', '0001_rulebook_core'),
    ]

    operations = [
        migrations.CreateModel(
            name='Filing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('template', models.CharField(max_length=40, verbose_name='template')),
                ('period', models.CharField(max_length=10, verbose_name='period')),
                ('period_end', models.DateField(verbose_name='last day of the period')),
                ('state', models.CharField(choices=[('open', 'Open'), ('content_received', 'Content received'), ('submitted', 'Submitted'), ('processing', 'Being checked'), ('accepted', 'Accepted'), ('accepted_with_findings', 'Accepted with findings'), ('returned', 'Returned'), ('withdrawn', 'Withdrawn')], default='open', max_length=24, verbose_name='state')),
                ('revision_number', models.PositiveIntegerField(default=1, verbose_name='current revision')),
                ('accepted_number', models.PositiveIntegerField(blank=True, null=True, verbose_name='accepted revision')),
            ],
            options={
                'verbose_name': 'filing',
                'verbose_name_plural': 'filings',
            },
        ),
        migrations.CreateModel(
            name='FilingRevision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('number', models.PositiveIntegerField(verbose_name='revision')),
                ('state', models.CharField(choices=[('open', 'Open'), ('content_received', 'Content received'), ('submitted', 'Submitted'), ('processing', 'Being checked'), ('accepted', 'Accepted'), ('accepted_with_findings', 'Accepted with findings'), ('returned', 'Returned'), ('withdrawn', 'Withdrawn')], default='open', max_length=24, verbose_name='state')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='note')),
                ('staged_key', models.CharField(blank=True, max_length=500, verbose_name='content as sent')),
                ('content_sha256', models.CharField(blank=True, max_length=64, verbose_name='sha-256 of the content')),
                ('content_bytes', models.BigIntegerField(default=0, verbose_name='bytes')),
                ('media_type', models.CharField(blank=True, max_length=60, verbose_name='media type')),
                ('submitted_at', models.DateTimeField(blank=True, null=True, verbose_name='submitted at')),
                ('known_at', models.DateTimeField(blank=True, null=True, verbose_name='known at')),
                ('checked_at', models.DateTimeField(blank=True, null=True, verbose_name='checked at')),
                ('receipt_number', models.CharField(blank=True, max_length=40, null=True, unique=True, verbose_name='receipt number')),
                ('lake_key', models.CharField(blank=True, max_length=500, verbose_name='lake file')),
                ('lake_sha256', models.CharField(blank=True, max_length=64, verbose_name='sha-256 of the lake file')),
                ('rows_total', models.BigIntegerField(default=0, verbose_name='rows')),
                ('rows_accepted', models.BigIntegerField(default=0, verbose_name='accepted rows')),
                ('rows_rejected', models.BigIntegerField(default=0, verbose_name='rejected rows')),
                ('blocking_count', models.PositiveIntegerField(default=0, verbose_name='blocking findings')),
                ('major_count', models.PositiveIntegerField(default=0, verbose_name='major findings')),
                ('minor_count', models.PositiveIntegerField(default=0, verbose_name='minor findings')),
                ('not_evaluable_count', models.PositiveIntegerField(default=0, verbose_name='rules not evaluable')),
                ('engine', models.CharField(blank=True, max_length=40, verbose_name='engine')),
                ('filing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='revisions', to='platforms.filing')),
            ],
            options={
                'verbose_name': 'filing revision',
                'verbose_name_plural': 'filing revisions',
            },
        ),
        migrations.CreateModel(
            name='FilingReport',
            fields=[
                ('revision', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='report', serialize=False, to='platforms.filingrevision')),
                ('receipt', models.JSONField(default=dict, verbose_name='signed receipt')),
                ('outcomes', models.JSONField(default=list, verbose_name='rule outcomes')),
                ('rejected', models.JSONField(default=list, verbose_name='rejected rows (first 200)')),
                ('rejected_key', models.CharField(blank=True, max_length=500, verbose_name='all rejected rows')),
                ('file_errors', models.JSONField(default=list, verbose_name='errors of the file')),
                ('ingest', models.JSONField(default=dict, verbose_name='what was read')),
            ],
            options={
                'verbose_name': 'filing report',
                'verbose_name_plural': 'filing reports',
            },
        ),
        migrations.CreateModel(
            name='Platform',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('kind', models.CharField(choices=[('platform', 'Platform'), ('bank', 'Depository bank')], max_length=10, verbose_name='kind')),
                ('name', models.CharField(max_length=120, verbose_name='institution name')),
                ('legal_name', models.CharField(max_length=200, verbose_name='legal name')),
                ('business_line', models.CharField(choices=[('p2p_lending', 'P2P lending'), ('payment', 'Internet payment'), ('equity_crowdfunding', 'Equity crowdfunding'), ('fund_sales', 'Internet fund sales'), ('internet_insurance', 'Internet insurance'), ('internet_trust', 'Internet trust'), ('consumer_finance', 'Internet consumer finance')], max_length=40, verbose_name='business line')),
                ('business_lines', models.JSONField(default=list, verbose_name='business lines')),
                ('region', models.CharField(help_text='GB/T 2260 code of the seat', max_length=6, verbose_name='region')),
                ('website', models.CharField(blank=True, max_length=300, verbose_name='website')),
                ('state', models.CharField(choices=[('pending', 'Waiting for confirmation'), ('registered', 'Registered'), ('suspended', 'Suspended'), ('exited', 'Left the market')], default='pending', max_length=12, verbose_name='state')),
                ('external_ref', models.CharField(blank=True, max_length=80, null=True, unique=True, verbose_name='external reference')),
                ('registration_number', models.CharField(max_length=40, null=True, unique=True, verbose_name='registration number')),
                ('registered_on', models.DateField(blank=True, null=True, verbose_name='registered on')),
                ('exited_on', models.DateField(blank=True, null=True, verbose_name='left the market on')),
            ],
            options={
                'verbose_name': 'platform',
                'verbose_name_plural': 'platforms',
                'indexes': [models.Index(fields=['business_line', 'region'], name='platform_line_region'), models.Index(fields=['state', 'registered_on'], name='platform_state_registered')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['platform', 'bank'])), name='platform_kind_known'), models.CheckConstraint(condition=models.Q(('state__in', ['pending', 'registered', 'suspended', 'exited'])), name='platform_state_known'), models.CheckConstraint(condition=models.Q(('business_line__in', ['p2p_lending', 'payment', 'equity_crowdfunding', 'fund_sales', 'internet_insurance', 'internet_trust', 'consumer_finance'])), name='platform_line_known'), models.CheckConstraint(condition=models.Q(('region__regex', '^[0-9]{6}$')), name='platform_region_is_code'), models.CheckConstraint(condition=models.Q(('state', 'pending'), ('registered_on__isnull', False), _connector='OR'), name='platform_confirmed_has_date')],
            },
        ),
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('rule_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rulebook.ruleversion')),
                ('rule_id', models.CharField(max_length=120, verbose_name='rule')),
                ('severity', models.CharField(choices=[('blocking', 'Blocking'), ('major', 'Major'), ('minor', 'Minor')], max_length=10, verbose_name='severity')),
                ('title_en', models.CharField(max_length=300, verbose_name='title (English)')),
                ('title_zh', models.CharField(max_length=300, verbose_name='title (Chinese)')),
                ('subject', models.CharField(blank=True, max_length=200, verbose_name='subject')),
                ('count', models.BigIntegerField(verbose_name='rows')),
                ('measured', models.CharField(blank=True, max_length=120, verbose_name='measured')),
                ('threshold', models.CharField(blank=True, max_length=120, verbose_name='threshold')),
                ('row_numbers', models.JSONField(default=list, verbose_name='row numbers (first 20)')),
                ('evidence_key', models.CharField(blank=True, max_length=500, verbose_name='evidence file')),
                ('evidence_sha256', models.CharField(blank=True, max_length=64, verbose_name='sha-256 of the evidence')),
                ('compiled_sql', models.TextField(blank=True, verbose_name='compiled query')),
                ('engine', models.CharField(max_length=40, verbose_name='engine')),
                ('legal_basis', models.JSONField(default=dict, verbose_name='legal basis')),
                ('as_of', models.DateField(verbose_name='law taken on')),
                ('known_at', models.DateTimeField(verbose_name='known at')),
                ('state', models.CharField(choices=[('open', 'To be answered'), ('answered', 'Answered'), ('closed', 'Closed')], default='open', max_length=10, verbose_name='state')),
                ('owner_authority', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regulators.authority')),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='platforms.filingrevision')),
                ('platform', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='platforms.platform', verbose_name='platform')),
            ],
            options={
                'verbose_name': 'finding',
                'verbose_name_plural': 'findings',
            },
        ),
        migrations.AddField(
            model_name='filing',
            name='platform',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='filings', to='platforms.platform', verbose_name='filer'),
        ),
        migrations.AddField(
            model_name='filing',
            name='subject',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='filings_about', to='platforms.platform', verbose_name='subject'),
        ),
        migrations.CreateModel(
            name='DepositoryAgreement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('in_force_from', models.DateField(verbose_name='in force from')),
                ('in_force_to', models.DateField(blank=True, null=True, verbose_name='in force to')),
                ('bank', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='depository_clients', to='platforms.platform', verbose_name='Depository bank')),
                ('platform', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='depository_agreements', to='platforms.platform', verbose_name='platform')),
            ],
            options={
                'verbose_name': 'depository agreement',
                'verbose_name_plural': 'depository agreements',
            },
        ),
        migrations.CreateModel(
            name='ClientKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('key_id', models.CharField(max_length=80, unique=True, verbose_name='key id')),
                ('public_key', models.BinaryField(max_length=32, verbose_name='public key')),
                ('state', models.CharField(choices=[('active', 'Active'), ('revoked', 'Revoked')], default='active', max_length=10, verbose_name='state')),
                ('not_before', models.DateTimeField(verbose_name='valid from')),
                ('not_after', models.DateTimeField(blank=True, null=True, verbose_name='valid until')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='revoked at')),
                ('mtls_thumbprint', models.CharField(blank=True, max_length=64, null=True, verbose_name='client certificate thumbprint')),
                ('platform', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='keys', to='platforms.platform', verbose_name='platform')),
            ],
            options={
                'verbose_name': 'client key',
                'verbose_name_plural': 'client keys',
            },
        ),
        migrations.CreateModel(
            name='RecomputedIndicator',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('period', models.CharField(max_length=10, verbose_name='period')),
                ('indicator', models.CharField(max_length=60, verbose_name='indicator')),
                ('reported', models.DecimalField(decimal_places=4, max_digits=20, null=True, verbose_name='reported')),
                ('recomputed', models.DecimalField(decimal_places=4, max_digits=20, null=True, verbose_name='recomputed')),
                ('difference', models.DecimalField(decimal_places=4, max_digits=20, null=True, verbose_name='difference')),
                ('indicators_revision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='platforms.filingrevision')),
                ('loan_book_revision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='platforms.filingrevision')),
                ('platform', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recomputed_indicators', to='platforms.platform')),
            ],
            options={
                'verbose_name': 'recomputed indicator',
                'verbose_name_plural': 'recomputed indicators',
            },
        ),
        migrations.CreateModel(
            name='ReconciliationRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('period', models.CharField(max_length=10, verbose_name='period')),
                ('counts', models.JSONField(default=dict, verbose_name='lines by class')),
                ('amounts', models.JSONField(default=dict, verbose_name='amounts by class')),
                ('is_matched', models.BooleanField(default=False, verbose_name='agrees')),
                ('evidence_key', models.CharField(blank=True, max_length=500, verbose_name='evidence file')),
                ('evidence_sha256', models.CharField(blank=True, max_length=64, verbose_name='sha-256 of the evidence')),
                ('engine', models.CharField(blank=True, max_length=40, verbose_name='engine')),
                ('ledger_revision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='platforms.filingrevision')),
                ('platform', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reconciliations', to='platforms.platform')),
                ('statement_revision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='platforms.filingrevision')),
            ],
            options={
                'verbose_name': 'reconciliation',
                'verbose_name_plural': 'reconciliations',
            },
        ),
        migrations.AddConstraint(
            model_name='filingrevision',
            constraint=models.UniqueConstraint(fields=('filing', 'number'), name='filing_revision_number_once'),
        ),
        migrations.AddConstraint(
            model_name='filingrevision',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'content_received', 'submitted', 'processing', 'accepted', 'accepted_with_findings', 'returned', 'withdrawn'])), name='filing_revision_state_known'),
        ),
        migrations.AddConstraint(
            model_name='filingrevision',
            constraint=models.CheckConstraint(condition=models.Q(('rows_total', django.db.models.expressions.CombinedExpression(models.F('rows_accepted'), '+', models.F('rows_rejected')))), name='filing_revision_rows_add_up'),
        ),
        migrations.AddConstraint(
            model_name='filingrevision',
            constraint=models.CheckConstraint(condition=models.Q(('submitted_at__isnull', True), models.Q(('content_sha256', ''), _negated=True), _connector='OR'), name='filing_revision_submitted_has_content'),
        ),
        migrations.AddIndex(
            model_name='finding',
            index=models.Index(fields=['platform', 'state'], name='finding_platform_state'),
        ),
        migrations.AddIndex(
            model_name='finding',
            index=models.Index(fields=['rule_id'], name='finding_rule'),
        ),
        migrations.AddIndex(
            model_name='finding',
            index=models.Index(fields=['owner_authority', '-id'], name='finding_newest_of_authority'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.UniqueConstraint(fields=('revision', 'rule_version', 'subject'), name='finding_once'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(('severity__in', ['blocking', 'major', 'minor'])), name='finding_severity_known'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'answered', 'closed'])), name='finding_state_known'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(('count__gte', 0)), name='finding_count_not_negative'),
        ),
        migrations.AddIndex(
            model_name='filing',
            index=models.Index(fields=['template', 'period'], name='filing_template_period'),
        ),
        migrations.AddIndex(
            model_name='filing',
            index=models.Index(fields=['subject', 'template', 'period'], name='filing_subject'),
        ),
        migrations.AddIndex(
            model_name='filing',
            index=models.Index(fields=['platform', '-id'], name='filing_newest_of_platform'),
        ),
        migrations.AddConstraint(
            model_name='filing',
            constraint=models.UniqueConstraint(fields=('platform', 'subject', 'template', 'period'), name='filing_once_per_period'),
        ),
        migrations.AddConstraint(
            model_name='filing',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'content_received', 'submitted', 'processing', 'accepted', 'accepted_with_findings', 'returned', 'withdrawn'])), name='filing_state_known'),
        ),
        migrations.AddConstraint(
            model_name='filing',
            constraint=models.CheckConstraint(condition=models.Q(('accepted_number__isnull', True), ('accepted_number__lte', models.F('revision_number')), _connector='OR'), name='filing_accepted_is_a_revision'),
        ),
        migrations.AddConstraint(
            model_name='depositoryagreement',
            constraint=models.UniqueConstraint(fields=('platform', 'bank', 'in_force_from'), name='depository_agreement_once'),
        ),
        migrations.AddConstraint(
            model_name='depositoryagreement',
            constraint=models.CheckConstraint(condition=models.Q(('in_force_to__isnull', True), ('in_force_to__gte', models.F('in_force_from')), _connector='OR'), name='depository_agreement_dates_ordered'),
        ),
        migrations.AddConstraint(
            model_name='depositoryagreement',
            constraint=models.CheckConstraint(condition=models.Q(('platform', models.F('bank')), _negated=True), name='depository_agreement_two_parties'),
        ),
        migrations.AddConstraint(
            model_name='clientkey',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['active', 'revoked'])), name='clientkey_state_known'),
        ),
        migrations.AddConstraint(
            model_name='clientkey',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'active'), ('revoked_at__isnull', False), _connector='OR'), name='clientkey_revoked_has_time'),
        ),
        migrations.AddConstraint(
            model_name='recomputedindicator',
            constraint=models.UniqueConstraint(fields=('loan_book_revision', 'indicators_revision', 'indicator'), name='recomputed_once'),
        ),
        migrations.AddConstraint(
            model_name='reconciliationrun',
            constraint=models.UniqueConstraint(fields=('ledger_revision', 'statement_revision'), name='reconciliation_once_per_pair'),
        ),
        SqlFile("platforms", "revision_frozen"),
        AuditTable("platforms_platform"),
        AuditTable("platforms_clientkey"),
        AuditTable("platforms_depositoryagreement"),
        AuditTable("platforms_filing"),
        AuditTable("platforms_filingrevision"),
        AuditTable("platforms_finding"),
        ProtectRows("platforms_finding", kind="finding", platform_column="platform_id"),
    ]
