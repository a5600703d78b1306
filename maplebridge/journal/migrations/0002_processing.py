"""Purpose and operation to search by, records that an entry names besides its subject, the time of the last entry."""

import json

import django.db.models.deletion
from django.db import migrations, models


def fill_purpose(apps, schema_editor):
    """Copy the purpose out of the entries of before into the column to search by."""
    entries = apps.get_model("journal", "Entry").objects
    with_purpose = entries.exclude(body__contains='"purpose":""').order_by("position")
    for position, body in with_purpose.values_list("position", "body").iterator(2000):
        try:
            purpose = json.loads(body)["purpose"]
        except (ValueError, KeyError, TypeError):
            continue  # a damaged entry stays as it is: `journal verify` names it
        entries.filter(position=position).update(purpose=str(purpose)[:200])


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]

    operations = [
        migrations.AddField("entry", "purpose", models.CharField(
            blank=True, default="", max_length=200, verbose_name="purpose")),
        migrations.AddField("entry", "operation", models.CharField(
            blank=True, default="", max_length=16, verbose_name="operation")),
        migrations.AddField("head", "entered_at_ms", models.BigIntegerField(
            default=0, verbose_name="last entered, in milliseconds since 1970")),
        migrations.CreateModel(
            name="Mention",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("record", models.CharField(max_length=64, verbose_name="record")),
                ("entry", models.ForeignKey(
                    db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="mentions",
                    to="journal.entry", verbose_name="entry")),
            ],
            options={
                "indexes": [models.Index(fields=["record", "entry"], name="journal_mention_record")],
                "constraints": [models.UniqueConstraint(fields=("entry", "record"), name="journal_mention_once")],
            },
        ),
        migrations.RunPython(fill_purpose, migrations.RunPython.noop),
        migrations.AddIndex("entry", models.Index(fields=["purpose", "position"], name="journal_purpose")),
    ]
