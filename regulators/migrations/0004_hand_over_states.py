"""Who is responsible follows from the state of a hand-over, so that there is always exactly one."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('regulators', '0003_joint_meetings_and_experts'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='handover',
            name='regulators_handover_one_responsible',
        ),
        migrations.RemoveField(
            model_name='handover',
            name='responsible',
        ),
        migrations.AlterField(
            model_name='handover',
            name='state',
            field=models.CharField(choices=[('offered', 'Waiting for an answer'), ('reminded', 'Overdue, reminded'), ('raised', 'Overdue, with the superior body'), ('before_meeting', 'Before the joint meeting'), ('accepted', 'Accepted'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn'), ('settled_moved', 'Settled by the joint meeting: moves'), ('settled_stays', 'Settled by the joint meeting: stays')], default='offered', max_length=20, verbose_name='state'),
        ),
    ]
