"""Rules that staff write, and sources that two persons have seen."""

import common.clock
import common.ids
import django.db.models.deletion
from django.db import migrations, models

from common.db.operations import AuditTable, SqlFile


class Migration(migrations.Migration):

    dependencies = [
        ('rulebook', '0003_clauses'),
    ]

    operations = [
        migrations.CreateModel(
            name='RuleDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('pack', models.CharField(max_length=20, verbose_name='pack')),
                ('rule_id', models.CharField(blank=True, max_length=60, verbose_name='rule')),
                ('title_zh', models.CharField(blank=True, max_length=300, verbose_name='title (Chinese)')),
                ('title_en', models.CharField(blank=True, max_length=300, verbose_name='title (English)')),
                ('purpose', models.CharField(choices=[('text', 'New text'), ('withdrawal', 'Withdrawal')], default='text', max_length=10, verbose_name='purpose')),
                ('state', models.CharField(choices=[('draft', 'Being written'), ('submitted', 'Waits for a second person'), ('approved', 'Approved'), ('withdrawn', 'Withdrawn'), ('discarded', 'Discarded')], default='draft', max_length=12, verbose_name='state')),
                ('text', models.TextField(verbose_name='text')),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='no longer in force from')),
                ('revision', models.PositiveIntegerField(default=1, verbose_name='revision')),
                ('author', models.CharField(max_length=120, verbose_name='author')),
                ('editors', models.JSONField(default=list, verbose_name='editors')),
                ('changed_at', models.DateTimeField(verbose_name='changed at')),
                ('base', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rulebook.ruleversion', verbose_name='copied from')),
                ('result', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rulebook.ruleversion', verbose_name='version made of it')),
            ],
            options={
                'verbose_name': 'rule draft',
                'verbose_name_plural': 'rule drafts',
                'ordering': ('-id',),
            },
        ),
        migrations.CreateModel(
            name='SourceConfirmation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('pack', models.CharField(max_length=20, verbose_name='pack')),
                ('kind', models.CharField(choices=[('rule', 'Rule'), ('parameter', 'Parameter'), ('deadline', 'Deadline'), ('clause', 'Clause'), ('mandate', 'Mandate')], max_length=10, verbose_name='kind')),
                ('key', models.CharField(max_length=200, verbose_name='key')),
                ('fingerprint', models.CharField(blank=True, max_length=64, verbose_name='fingerprint')),
                ('title_zh', models.CharField(blank=True, max_length=300, verbose_name='title (Chinese)')),
                ('title_en', models.CharField(blank=True, max_length=300, verbose_name='title (English)')),
                ('text_status', models.CharField(choices=[('final', 'Text in force'), ('draft', 'Draft'), ('practice', 'Practice'), ('memory', 'From memory, not confirmed'), ('convention', 'House convention, no law')], default='final', max_length=12, verbose_name='kind of text')),
                ('link', models.URLField(max_length=500, verbose_name='address of the source')),
                ('note', models.TextField(blank=True, verbose_name='note')),
                ('first_by', models.CharField(max_length=120, verbose_name='seen first by')),
                ('first_at', models.DateTimeField(verbose_name='seen first at')),
                ('second_by', models.CharField(blank=True, max_length=120, verbose_name='countersigned by')),
                ('second_at', models.DateTimeField(blank=True, null=True, verbose_name='countersigned at')),
                ('withdrawn_by', models.CharField(blank=True, max_length=120, verbose_name='withdrawn by')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='withdrawn at')),
                ('withdrawn_why', models.TextField(blank=True, verbose_name='why withdrawn')),
            ],
            options={
                'verbose_name': 'source confirmation',
                'verbose_name_plural': 'source confirmations',
                'ordering': ('-id',),
                'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at__isnull', True)), fields=('pack', 'kind', 'key', 'fingerprint'), name='source_confirmation_open_once'), models.CheckConstraint(condition=models.Q(('second_by', ''), models.Q(('second_by', models.F('first_by')), _negated=True), _connector='OR'), name='source_confirmation_two_persons')],
            },
        ),
        SqlFile("rulebook", "source_confirmation_write_once"),
        AuditTable("rulebook_ruledraft"),
        AuditTable("rulebook_sourceconfirmation"),
    ]
