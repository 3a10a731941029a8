"""Model versions, scores with their waves, early warnings."""

import common.clock
import common.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from common.db.operations import AuditTable


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('platforms', '0001_platforms_core'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ModelVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('purpose', models.CharField(choices=[('platform_failure', 'platform failure')], max_length=40, verbose_name='purpose')),
                ('number', models.PositiveIntegerField(verbose_name='number')),
                ('state', models.CharField(choices=[('candidate', 'candidate'), ('active', 'active'), ('retired', 'retired')], default='candidate', max_length=12, verbose_name='state')),
                ('sha256', models.CharField(max_length=64, unique=True, verbose_name='SHA-256 of the file')),
                ('size_bytes', models.PositiveIntegerField(verbose_name='size in bytes')),
                ('data_sha256', models.CharField(max_length=64, verbose_name='SHA-256 of the fitting set')),
                ('trained_on', models.CharField(max_length=240, verbose_name='trained on')),
                ('trained_month', models.CharField(max_length=7, verbose_name='features as of')),
                ('is_generated_data', models.BooleanField(default=False, verbose_name='fitted on invented data')),
                ('features', models.JSONField(default=list, verbose_name='features')),
                ('fit_settings', models.JSONField(default=dict, verbose_name='settings')),
                ('metrics', models.JSONField(default=dict, verbose_name='measured')),
                ('gates', models.JSONField(default=dict, verbose_name='gates')),
                ('thresholds', models.JSONField(default=dict, verbose_name='thresholds')),
                ('fitted_by', models.CharField(max_length=160, verbose_name='fitted by')),
                ('approved_by', models.CharField(blank=True, max_length=160, verbose_name='approved by')),
                ('approval_reason', models.TextField(blank=True, verbose_name='reason of approval')),
                ('activated_at', models.DateTimeField(blank=True, null=True, verbose_name='activated at')),
                ('retired_at', models.DateTimeField(blank=True, null=True, verbose_name='retired at')),
                ('proposed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='proposed by')),
            ],
            options={
                'verbose_name': 'model version',
                'verbose_name_plural': 'model versions',
            },
        ),
        migrations.CreateModel(
            name='Score',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('as_of', models.DateField(verbose_name='as of')),
                ('known_at', models.DateTimeField(default=common.clock.now, verbose_name='known at')),
                ('probability', models.FloatField(verbose_name='probability')),
                ('low', models.FloatField(verbose_name='lower bound')),
                ('high', models.FloatField(verbose_name='upper bound')),
                ('impact_cny', models.DecimalField(decimal_places=2, max_digits=20, verbose_name='impact (yuan)')),
                ('is_impact_estimated', models.BooleanField(default=False, verbose_name='impact is estimated')),
                ('area', models.CharField(choices=[('A', 'A: low probability, low impact'), ('B', 'B: low probability, high impact'), ('C', 'C: high probability, low impact'), ('D', 'D: high probability, high impact')], max_length=1, verbose_name='area')),
                ('previous_area', models.CharField(blank=True, choices=[('A', 'A: low probability, low impact'), ('B', 'B: low probability, high impact'), ('C', 'C: high probability, low impact'), ('D', 'D: high probability, high impact')], max_length=1, verbose_name='area before')),
                ('cell_probability', models.FloatField(verbose_name='certainty of the area')),
                ('is_unsettled', models.BooleanField(default=False, verbose_name='unsettled')),
                ('is_out_of_fold', models.BooleanField(default=False, verbose_name='out of fold')),
                ('is_retrospective', models.BooleanField(default=False, verbose_name='retrospective')),
                ('reasons', models.JSONField(default=list, verbose_name='reasons')),
                ('features', models.JSONField(default=dict, verbose_name='features')),
                ('input_sha256', models.CharField(max_length=64, verbose_name='SHA-256 of the input')),
                ('model_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scores', to='riskmodels.modelversion', verbose_name='model version')),
                ('platform', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='platforms.platform', verbose_name='platform')),
            ],
            options={
                'verbose_name': 'score',
                'verbose_name_plural': 'scores',
            },
        ),
        migrations.CreateModel(
            name='ScoreWave',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('open', 'collecting'), ('closed', 'running'), ('done', 'done')], default='open', max_length=8)),
                ('opened_at', models.DateTimeField(default=common.clock.real_now)),
                ('result', models.JSONField(default=dict)),
            ],
            options={
                'verbose_name': 'score wave',
                'verbose_name_plural': 'score waves',
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('state',), name='riskmodels_one_open_wave')],
            },
        ),
        migrations.CreateModel(
            name='ScoreRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=80)),
                ('platform', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='platforms.platform')),
                ('wave', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='requests', to='riskmodels.scorewave')),
            ],
            options={
                'verbose_name': 'score request',
                'verbose_name_plural': 'score requests',
            },
        ),
        migrations.CreateModel(
            name='Warning',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('kind', models.CharField(choices=[('high_risk_area', 'settled in area D'), ('area_worsened', 'moved to a worse area'), ('serious_findings', 'serious findings in a filing'), ('complaint_surge', 'complaint surge')], max_length=24, verbose_name='kind')),
                ('level', models.CharField(choices=[('high', 'high'), ('medium', 'medium')], max_length=8, verbose_name='level')),
                ('state', models.CharField(choices=[('open', 'open'), ('acknowledged', 'acknowledged'), ('closed', 'closed')], default='open', max_length=14, verbose_name='state')),
                ('raised_at', models.DateTimeField(default=common.clock.now, verbose_name='raised at')),
                ('times_seen', models.PositiveIntegerField(default=1, verbose_name='times seen')),
                ('last_seen_at', models.DateTimeField(default=common.clock.now, verbose_name='last seen at')),
                ('reasons', models.JSONField(default=list, verbose_name='reasons')),
                ('subject_ref', models.CharField(blank=True, max_length=60, verbose_name='about')),
                ('owner_authority_id', models.BigIntegerField(blank=True, null=True, verbose_name='responsible authority')),
                ('is_public', models.BooleanField(default=False, verbose_name='published')),
                ('public_text_zh', models.TextField(blank=True, verbose_name='public text (Chinese)')),
                ('public_text_en', models.TextField(blank=True, verbose_name='public text (English)')),
                ('platform', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='platforms.platform', verbose_name='platform')),
            ],
            options={
                'verbose_name': 'warning',
                'verbose_name_plural': 'warnings',
                'indexes': [models.Index(fields=['state', '-raised_at'], name='riskmodels_warning_recent')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'closed'), _negated=True), fields=('platform', 'kind'), name='riskmodels_one_standing_warning'), models.CheckConstraint(condition=models.Q(('is_public', False), models.Q(('public_text_zh', ''), _negated=True), _connector='OR'), name='riskmodels_public_warning_has_text')],
            },
        ),
        migrations.AddConstraint(
            model_name='modelversion',
            constraint=models.UniqueConstraint(fields=('purpose', 'number'), name='riskmodels_version_number'),
        ),
        migrations.AddConstraint(
            model_name='modelversion',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'active')), fields=('purpose',), name='riskmodels_one_active'),
        ),
        migrations.AddIndex(
            model_name='score',
            index=models.Index(fields=['platform', '-as_of', '-id'], name='riskmodels_score_latest'),
        ),
        migrations.AddConstraint(
            model_name='score',
            constraint=models.UniqueConstraint(fields=('platform', 'model_version', 'as_of', 'input_sha256'), name='riskmodels_score_once'),
        ),
        migrations.AddConstraint(
            model_name='score',
            constraint=models.CheckConstraint(condition=models.Q(('probability__gte', 0), ('probability__lte', 1)), name='riskmodels_probability_share'),
        ),
        migrations.AddConstraint(
            model_name='score',
            constraint=models.CheckConstraint(condition=models.Q(('high__gte', models.F('probability')), ('low__lte', models.F('probability'))), name='riskmodels_interval_around'),
        ),
        migrations.AddConstraint(
            model_name='scorerequest',
            constraint=models.UniqueConstraint(fields=('wave', 'platform'), name='riskmodels_request_once'),
        ),
        AuditTable("riskmodels_modelversion"),
        AuditTable("riskmodels_score"),
        AuditTable("riskmodels_warning"),
    ]
