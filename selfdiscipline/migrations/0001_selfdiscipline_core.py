"""Associations, members, statistical indicators."""

import common.clock
import common.ids
import django.db.models.deletion
from django.db import migrations, models

from common.db.operations import AuditTable


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("common", "0002_kernel_sql"),
        ("platforms", "0001_platforms_core"),
    ]

    operations = [
        migrations.CreateModel(
            name='Association',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('code', models.CharField(max_length=40, unique=True, verbose_name='code')),
                ('name_zh', models.CharField(max_length=200, verbose_name='name (Chinese)')),
                ('name_en', models.CharField(max_length=200, verbose_name='name (English)')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='branches', to='selfdiscipline.association', verbose_name='parent association')),
            ],
            options={
                'verbose_name': 'association',
                'verbose_name_plural': 'associations',
                'ordering': ('code',),
            },
        ),
        migrations.CreateModel(
            name='IndicatorSeries',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('code', models.CharField(max_length=60, unique=True, verbose_name='code')),
                ('name_zh', models.CharField(max_length=200, verbose_name='name (Chinese)')),
                ('name_en', models.CharField(max_length=200, verbose_name='name (English)')),
                ('column', models.CharField(choices=[('turnover_amount', 'Turnover'), ('outstanding_balance', 'Outstanding balance'), ('loan_count', 'Number of loans')], max_length=60, verbose_name='column')),
                ('unit', models.CharField(default='CNY', max_length=20, verbose_name='unit')),
                ('association', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='series', to='selfdiscipline.association', verbose_name='association')),
            ],
            options={
                'verbose_name': 'indicator series',
                'verbose_name_plural': 'indicator series',
                'ordering': ('code',),
            },
        ),
        migrations.CreateModel(
            name='IndicatorValue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('period', models.CharField(max_length=7, verbose_name='period')),
                ('value', models.DecimalField(decimal_places=2, max_digits=20, verbose_name='value')),
                ('members_counted', models.PositiveIntegerField(verbose_name='members that filed')),
                ('members_total', models.PositiveIntegerField(verbose_name='members')),
                ('computed_at', models.DateTimeField(default=common.clock.now, verbose_name='computed at')),
                ('series', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='values_by_period', to='selfdiscipline.indicatorseries', verbose_name='indicator series')),
            ],
            options={
                'verbose_name': 'indicator value',
                'verbose_name_plural': 'indicator values',
                'ordering': ('series', 'period'),
                'constraints': [models.UniqueConstraint(fields=('series', 'period'), name='selfdiscipline_value_once')],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('member_from', models.DateField(verbose_name='member from')),
                ('member_to', models.DateField(blank=True, null=True, verbose_name='member to')),
                ('state', models.CharField(choices=[('admitted', 'Admitted'), ('left', 'Left')], default='admitted', max_length=20, verbose_name='state')),
                ('association', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='selfdiscipline.association', verbose_name='association')),
                ('platform', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='platforms.platform', verbose_name='platform')),
            ],
            options={
                'verbose_name': 'membership',
                'verbose_name_plural': 'memberships',
                'ordering': ('association', 'platform', 'member_from'),
                'constraints': [models.UniqueConstraint(condition=models.Q(('member_to__isnull', True)), fields=('association', 'platform'), name='selfdiscipline_one_open_membership'), models.CheckConstraint(condition=models.Q(('member_to__isnull', True), ('member_to__gt', models.F('member_from')), _connector='OR'), name='selfdiscipline_membership_dates')],
            },
        ),
        AuditTable("selfdiscipline_association"),
        AuditTable("selfdiscipline_membership"),
        AuditTable("selfdiscipline_indicatorseries"),
        AuditTable("selfdiscipline_indicatorvalue"),
    ]
