from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=12)),
                ("key", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                ("organisation", models.BigIntegerField(null=True)),
                ("finding", models.BigIntegerField(null=True)),
                ("notice", models.BigIntegerField(null=True)),
                ("campaign", models.BigIntegerField(null=True)),
                ("source", models.BigIntegerField(null=True)),
                ("subject", models.CharField(blank=True, max_length=128)),
                ("severity", models.CharField(blank=True, max_length=12)),
                ("channel", models.CharField(blank=True, max_length=20)),
                ("detail", models.CharField(blank=True, max_length=60)),
                ("provenance", models.CharField(blank=True, max_length=60)),
                ("batch", models.BigIntegerField(null=True)),
            ],
            options={
                "verbose_name_plural": "entries",
                "ordering": ["at", "pk"],
                "indexes": [
                    models.Index(fields=["kind", "at"], name="insight_ent_kind_a38c4e_idx"),
                    models.Index(fields=["finding", "kind"], name="insight_ent_finding_5e5d32_idx"),
                    models.Index(fields=["notice", "kind"], name="insight_ent_notice_fad1bf_idx"),
                ],
                "constraints": [models.UniqueConstraint(fields=("kind", "key"), name="one_entry_each")],
            },
        ),
        migrations.CreateModel(
            name="Mark",
            fields=[
                ("what", models.CharField(max_length=30, primary_key=True, serialize=False)),
                ("number", models.BigIntegerField(default=0)),
                ("moment", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
    ]
