import common.clock
import common.ids
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Every reading of a metric whose definitions conflict, computed from the loans of a loan book."""

    dependencies = [
        ('platforms', '0001_platforms_core'),
    ]

    operations = [
        migrations.CreateModel(
            name='MetricReading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=common.ids.uuid7, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False)),
                ('period', models.CharField(max_length=10, verbose_name='period')),
                ('definition', models.CharField(max_length=60, verbose_name='definition')),
                ('version', models.PositiveSmallIntegerField(verbose_name='version')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('part', models.CharField(max_length=20, verbose_name='part')),
                ('value', models.DecimalField(decimal_places=6, max_digits=26, null=True, verbose_name='value')),
                ('numerator', models.DecimalField(decimal_places=6, max_digits=26, null=True, verbose_name='numerator')),
                ('denominator', models.DecimalField(decimal_places=6, max_digits=26, null=True, verbose_name='denominator')),
                ('loan_book_revision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='metric_readings', to='platforms.filingrevision')),
                ('platform', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='metric_readings', to='platforms.platform')),
            ],
            options={
                'verbose_name': 'metric reading',
                'verbose_name_plural': 'metric readings',
                'constraints': [models.UniqueConstraint(fields=('loan_book_revision', 'definition', 'version', 'currency', 'part'), name='metric_read_once')],
            },
        ),
    ]
