import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def number_statements(apps, schema_editor):
    """Until now a statement was called what its advisory is called."""
    advisory = apps.get_model("intake", "Advisory").objects.filter(pk=OuterRef("advisory"))
    statements = apps.get_model("intake", "AdvisoryStatement").objects
    statements.update(number=Subquery(advisory.values("identifier")[:1]))


class Migration(migrations.Migration):

    dependencies = [
        ("intake", "0002_sources_and_aliases"),
    ]

    operations = [
        migrations.CreateModel(
            name="AdvisoryChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("exploited", "known to be exploited"),
                            ("likelier", "more likely to be exploited"),
                            ("worse", "a higher priority"),
                            ("withdrawn", "withdrawn"),
                            ("back", "no longer withdrawn"),
                        ],
                        max_length=10,
                    ),
                ),
                ("before", models.CharField(blank=True, max_length=60)),
                ("after", models.CharField(blank=True, max_length=60)),
                ("at", models.DateTimeField(db_index=True)),
                ("batch", models.BigIntegerField(default=0)),
                (
                    "advisory",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="changes", to="intake.advisory"
                    ),
                ),
            ],
            options={"ordering": ["-at", "-pk"]},
        ),
        migrations.CreateModel(
            name="AdvisoryLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(db_index=True, max_length=128)),
                ("cve", models.CharField(blank=True, db_index=True, max_length=32)),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links",
                        to="intake.advisorystatement",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AdvisoryScore",
            fields=[
                ("number", models.CharField(max_length=128, primary_key=True, serialize=False)),
                ("score", models.FloatField()),
                ("vector", models.CharField(blank=True, max_length=100)),
                ("day", models.DateField()),
            ],
        ),
        migrations.AddField(
            model_name="advisory",
            name="changed_in",
            field=models.BigIntegerField(db_index=True, default=0),
        ),
        migrations.RemoveConstraint(model_name="advisorystatement", name="one_statement_a_document"),
        migrations.AddField(
            model_name="advisorystatement",
            name="number",
            field=models.CharField(default="", max_length=128),
            preserve_default=False,
        ),
        migrations.RunPython(number_statements, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="advisorystatement",
            constraint=models.UniqueConstraint(
                fields=("number", "source", "document"), name="one_statement_a_document"
            ),
        ),
    ]
