"""Questions escalate as hand-overs do, agenda items say what they are about and what became of them outside the meeting,
experts are shown under a name of their own, and counts say where they come from.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('regulators', '0005_kept_versions'),
    ]

    operations = [
        migrations.AddField(
            model_name='agendaitem',
            name='about',
            field=models.JSONField(blank=True, default=dict, verbose_name='what it is about'),
        ),
        migrations.AddField(
            model_name='agendaitem',
            name='note_en',
            field=models.TextField(blank=True, default='', verbose_name='note (English)'),
        ),
        migrations.AddField(
            model_name='agendaitem',
            name='note_zh',
            field=models.TextField(blank=True, default='', verbose_name='note (Chinese)'),
        ),
        migrations.AddField(
            model_name='consultation',
            name='agenda_item',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regulators.agendaitem', verbose_name='agenda item'),
        ),
        migrations.AddField(
            model_name='consultation',
            name='meeting_on',
            field=models.DateField(blank=True, null=True, verbose_name='goes to the joint meeting on'),
        ),
        migrations.AddField(
            model_name='consultation',
            name='superior',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regulators.authority', verbose_name='superior body'),
        ),
        migrations.AddField(
            model_name='consultation',
            name='superior_on',
            field=models.DateField(blank=True, null=True, verbose_name='goes to the superior on'),
        ),
        migrations.AddField(
            model_name='effectcount',
            name='complaint_scope',
            field=models.CharField(choices=[('rule', "Complaints on the rule's subject"), ('line', 'All complaints of this line (context)')], default='line', max_length=10, verbose_name='which complaints'),
        ),
        migrations.AddField(
            model_name='effectcount',
            name='rehearsed',
            field=models.BooleanField(default=False, verbose_name='findings by rehearsal'),
        ),
        migrations.AddField(
            model_name='expert',
            name='shown_en',
            field=models.CharField(blank=True, default='', max_length=120, verbose_name='shown as (English)'),
        ),
        migrations.AddField(
            model_name='expert',
            name='shown_zh',
            field=models.CharField(blank=True, default='', max_length=120, verbose_name='shown as (Chinese)'),
        ),
        migrations.AlterField(
            model_name='agendaitem',
            name='outcome',
            field=models.CharField(blank=True, choices=[('resolved', 'Resolved'), ('noted', 'Taken note of'), ('carried_over', 'Carried over to the next meeting'), ('withdrawn', 'Withdrawn: the matter was answered')], default='', max_length=20, verbose_name='outcome'),
        ),
        migrations.AlterField(
            model_name='agendaitem',
            name='state',
            field=models.CharField(choices=[('draft', 'Draft'), ('accepted', 'On the agenda'), ('dropped', 'Dropped'), ('merged', 'Merged into another item'), ('withdrawn', 'Withdrawn: the matter was answered')], default='draft', max_length=20, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='consultation',
            name='state',
            field=models.CharField(choices=[('open', 'Waiting for an opinion'), ('reminded', 'Overdue, reminded'), ('raised', 'Overdue, with the superior body'), ('before_meeting', 'Before the joint meeting'), ('answered', 'Answered'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn'), ('settled', 'Answered by the joint meeting')], default='open', max_length=20, verbose_name='state'),
        ),
    ]
