from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0002_people")]

    operations = [
        migrations.CreateModel(
            name="Kept",
            fields=[
                ("cache_key", models.CharField(max_length=255, primary_key=True, serialize=False)),
                ("value", models.TextField()),
                ("expires", models.DateTimeField(db_index=True)),
            ],
            options={"verbose_name_plural": "kept"},
        ),
    ]
