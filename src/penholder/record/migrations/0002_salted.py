from django.db import migrations, models

from penholder.record.triggers import append_only, lifted


class Migration(migrations.Migration):
    """Entries are salted from now on. Those that stand keep an empty salt, and are verified by the rule of their time."""

    dependencies = [("record", "0001_first")]

    operations = [
        lifted("record_entry"),
        migrations.AddField(
            model_name="entry", name="salt", field=models.CharField(blank=True, default="", max_length=64)
        ),
        append_only("record_entry"),
    ]
