"""Clauses of instruments as rows; a subject for every rule; rules about governance."""

import common.clock
import common.ids
from django.db import migrations, models

from common.db.operations import AuditTable


class Migration(migrations.Migration):

    dependencies = [
        ('rulebook', '0002_clock_terms_and_calendar_years'),
    ]

    operations = [
        migrations.AddField(
            model_name='ruleversion',
            name='subject',
            field=models.CharField(blank=True, choices=[('access', 'Access to the market'), ('conduct', 'Bans and limits'), ('funds', 'Client money'), ('disclosure', 'Disclosure'), ('consumer', 'Consumers'), ('data', 'Data and records'), ('integrity', 'Laundering and crime'), ('prudence', 'Capital and governance'), ('exit', 'Exit and incidents')], default='', max_length=12, verbose_name='subject'),
        ),
        migrations.AlterField(
            model_name='ruleversion',
            name='kind',
            field=models.CharField(choices=[('record', 'Single record'), ('aggregate', 'Sum or share'), ('cross_platform', 'Across platforms'), ('prohibition', 'Prohibition'), ('deadline', 'Deadline'), ('disclosure', 'Disclosure'), ('retention', 'Retention'), ('governance', 'Governance')], max_length=20, verbose_name='kind'),
        ),
        migrations.CreateModel(
            name='Clause',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('pack', models.CharField(max_length=20, verbose_name='pack')),
                ('title_zh', models.CharField(max_length=300, verbose_name='title (Chinese)')),
                ('title_en', models.CharField(max_length=300, verbose_name='title (English)')),
                ('valid_from', models.DateField(null=True, verbose_name='in force from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='in force until (exclusive)')),
                ('verified', models.BooleanField(verbose_name='source confirmed')),
                ('text_status', models.CharField(choices=[('final', 'Text in force'), ('draft', 'Draft'), ('practice', 'Practice'), ('memory', 'From memory, not confirmed'), ('convention', 'House convention, no law')], max_length=12, verbose_name='kind of text')),
                ('origin', models.CharField(choices=[('pack', 'Pack'), ('staff', 'Staff')], default='pack', max_length=8, verbose_name='made by')),
                ('retired_at', models.DateTimeField(blank=True, null=True, verbose_name='no longer in the pack since')),
                ('key', models.CharField(max_length=120, verbose_name='key')),
                ('instrument', models.CharField(max_length=20, verbose_name='instrument')),
                ('article', models.CharField(blank=True, max_length=100, verbose_name='article')),
                ('article_verified', models.BooleanField(default=False, verbose_name='article confirmed')),
                ('facts', models.JSONField(default=list, verbose_name='facts')),
                ('kind', models.CharField(choices=[('record-level', 'About single records'), ('aggregate', 'About sums and shares'), ('prohibition', 'Forbids'), ('deadline', 'Sets a term'), ('disclosure', 'Asks for disclosure'), ('retention', 'Asks to keep records'), ('governance', 'Asks for organisation'), ('definition', 'Defines'), ('allocation', 'Gives a task to a body'), ('organisation', 'Sets up a body'), ('statistic', 'States a figure')], max_length=12, verbose_name='kind')),
                ('subject', models.CharField(choices=[('access', 'Access to the market'), ('conduct', 'Bans and limits'), ('funds', 'Client money'), ('disclosure', 'Disclosure'), ('consumer', 'Consumers'), ('data', 'Data and records'), ('integrity', 'Laundering and crime'), ('prudence', 'Capital and governance'), ('exit', 'Exit and incidents')], max_length=12, verbose_name='subject')),
                ('business_lines', models.JSONField(default=list, verbose_name='business lines')),
                ('text_zh', models.TextField(verbose_name='text (Chinese)')),
                ('text_en', models.TextField(verbose_name='text (English)')),
                ('note', models.JSONField(blank=True, null=True, verbose_name='note')),
            ],
            options={
                'verbose_name': 'clause',
                'verbose_name_plural': 'clauses',
                'ordering': ('instrument', 'id'),
                'indexes': [models.Index(fields=['pack', 'subject'], name='clause_pack_subject')],
                'constraints': [models.UniqueConstraint(fields=('pack', 'key'), name='clause_key_once')],
            },
        ),
        AuditTable("rulebook_clause"),
    ]
