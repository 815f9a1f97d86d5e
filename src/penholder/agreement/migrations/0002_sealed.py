"""Answers, dispositions, judgements and looks are written once; the database refuses anything else."""

from django.db import migrations

from penholder.record.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("agreement", "0001_first"), ("record", "0001_first")]

    operations = [
        append_only("agreement_answer", "agreement_disposition", "agreement_judgement", "agreement_look"),
    ]
