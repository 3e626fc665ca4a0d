import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import misthoorn.common.tlp


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Source",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=60, unique=True)),
                ("name", models.CharField(max_length=120)),
                ("format", models.CharField(max_length=40)),
                (
                    "tlp",
                    models.CharField(
                        choices=[
                            (misthoorn.common.tlp.Tlp["CLEAR"], misthoorn.common.tlp.Tlp["CLEAR"]),
                            (misthoorn.common.tlp.Tlp["GREEN"], misthoorn.common.tlp.Tlp["GREEN"]),
                            (misthoorn.common.tlp.Tlp["AMBER"], misthoorn.common.tlp.Tlp["AMBER"]),
                            (misthoorn.common.tlp.Tlp["AMBER_STRICT"], misthoorn.common.tlp.Tlp["AMBER_STRICT"]),
                            (misthoorn.common.tlp.Tlp["RED"], misthoorn.common.tlp.Tlp["RED"]),
                        ],
                        default=misthoorn.common.tlp.Tlp["AMBER"],
                        max_length=15,
                    ),
                ),
                ("terms", models.CharField(blank=True, max_length=200)),
                ("coverage", models.JSONField(blank=True, default=dict)),
                ("absences_to_close", models.PositiveSmallIntegerField(default=2)),
                ("paused", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                ("transport", models.CharField(blank=True, max_length=20)),
                ("address", models.CharField(blank=True, max_length=500)),
                ("options", models.JSONField(blank=True, default=dict)),
                ("schedule", models.CharField(blank=True, max_length=60)),
                ("next_run", models.DateTimeField(blank=True, db_index=True, null=True)),
                ("cursor", models.JSONField(blank=True, default=dict)),
                ("push_key", models.CharField(blank=True, db_index=True, max_length=64)),
                ("silent_after", models.PositiveIntegerField(blank=True, null=True)),
                ("retention_days", models.PositiveIntegerField(blank=True, null=True)),
                ("origin", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "ordering": ["slug"],
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Advisory",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("identifier", models.CharField(max_length=128, unique=True)),
                ("title", models.CharField(max_length=300)),
                ("description", models.TextField(blank=True)),
                ("published_at", models.DateTimeField(null=True)),
                ("modified_at", models.DateTimeField(null=True)),
                ("withdrawn", models.BooleanField(default=False)),
                ("severity", models.CharField(max_length=12)),
                ("score", models.FloatField(null=True)),
                ("vector", models.CharField(blank=True, max_length=200)),
                ("exploited_since", models.DateField(null=True)),
                ("exploited_source", models.CharField(blank=True, max_length=60)),
                (
                    "tlp",
                    models.CharField(
                        choices=[
                            (misthoorn.common.tlp.Tlp["CLEAR"], misthoorn.common.tlp.Tlp["CLEAR"]),
                            (misthoorn.common.tlp.Tlp["GREEN"], misthoorn.common.tlp.Tlp["GREEN"]),
                            (misthoorn.common.tlp.Tlp["AMBER"], misthoorn.common.tlp.Tlp["AMBER"]),
                            (misthoorn.common.tlp.Tlp["AMBER_STRICT"], misthoorn.common.tlp.Tlp["AMBER_STRICT"]),
                            (misthoorn.common.tlp.Tlp["RED"], misthoorn.common.tlp.Tlp["RED"]),
                        ],
                        default=misthoorn.common.tlp.Tlp["AMBER"],
                        max_length=15,
                    ),
                ),
                ("not_understood", models.JSONField(default=dict)),
                ("judgements", models.JSONField(default=list)),
                ("priority_because", models.JSONField(default=list)),
                ("epss", models.FloatField(null=True)),
                ("epss_on", models.DateField(null=True)),
                ("superseded_by", models.CharField(blank=True, max_length=128)),
                ("changed_at", models.DateTimeField(db_index=True)),
                ("changed_in", models.BigIntegerField(db_index=True, default=0)),
                ("revision", models.PositiveIntegerField(default=0)),
                ("renamed", models.BooleanField(default=False)),
            ],
            options={
                "verbose_name_plural": "advisories",
                "ordering": ["-published_at", "identifier"],
                "indexes": [
                    models.Index(condition=models.Q(("renamed", True)), fields=["id"], name="advisories_renamed")
                ],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="AdvisoryScore",
            fields=[
                ("number", models.CharField(max_length=128, primary_key=True, serialize=False)),
                ("score", models.FloatField()),
                ("vector", models.CharField(blank=True, max_length=100)),
                ("day", models.DateField()),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="batches", to="intake.source"
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=255)),
                ("size", models.PositiveBigIntegerField()),
                ("received_at", models.DateTimeField(db_index=True)),
                ("received_path", models.CharField(max_length=400)),
                ("events_path", models.CharField(blank=True, max_length=400)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "received"),
                            ("leased", "leased"),
                            ("accepted", "accepted"),
                            ("refused", "refused"),
                            ("held", "held"),
                            ("set_aside", "set aside"),
                        ],
                        default="received",
                        max_length=10,
                    ),
                ),
                ("rows_in", models.PositiveBigIntegerField(default=0)),
                ("rows_accepted", models.PositiveBigIntegerField(default=0)),
                ("rows_refused", models.PositiveBigIntegerField(default=0)),
                ("rows_duplicate", models.PositiveBigIntegerField(default=0)),
                ("problem", models.TextField(blank=True)),
                ("delivered_again", models.PositiveIntegerField(default=0)),
                ("not_before", models.DateTimeField()),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("attempt", models.PositiveIntegerField(default=0)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("tlp", models.CharField(blank=True, max_length=15)),
                ("origin", models.CharField(blank=True, max_length=300)),
                ("lawful", models.BooleanField(null=True)),
                ("mapping", models.JSONField(blank=True, default=dict)),
                ("brought_by", models.BigIntegerField(null=True)),
                ("held_because", models.CharField(blank=True, max_length=200)),
                ("read_again", models.PositiveIntegerField(default=0)),
                ("unproven", models.CharField(blank=True, max_length=20)),
            ],
            options={
                "ordering": ["-received_at", "-pk"],
                "indexes": [models.Index(fields=["state", "not_before"], name="intake_batc_state_3a31f8_idx")],
                "constraints": [
                    models.UniqueConstraint(fields=("source", "digest"), name="a_delivery_counts_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "rows_in",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("rows_accepted"), "+", models.F("rows_refused")
                                    ),
                                    "+",
                                    models.F("rows_duplicate"),
                                ),
                            )
                        ),
                        name="every_row_is_accounted_for",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Fetch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="fetches", to="intake.source"
                    ),
                ),
                ("tick", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("due", "due"),
                            ("leased", "leased"),
                            ("done", "done"),
                            ("failed", "failed"),
                            ("set_aside", "set aside"),
                        ],
                        default="due",
                        max_length=10,
                    ),
                ),
                ("not_before", models.DateTimeField()),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("attempt", models.PositiveIntegerField(default=0)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("deliveries", models.PositiveIntegerField(default=0)),
                ("new_deliveries", models.PositiveIntegerField(default=0)),
                ("bytes_read", models.PositiveBigIntegerField(default=0)),
                ("problem", models.TextField(blank=True)),
            ],
            options={
                "verbose_name_plural": "fetches",
                "ordering": ["-tick", "-pk"],
                "indexes": [models.Index(fields=["state", "not_before"], name="intake_fetc_state_04a13f_idx")],
                "constraints": [models.UniqueConstraint(fields=("source", "tick"), name="a_tick_fires_once")],
            },
        ),
        migrations.CreateModel(
            name="SourceTrial",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "source",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="trial", to="intake.source"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("due", "due"),
                            ("leased", "leased"),
                            ("done", "done"),
                            ("failed", "failed"),
                            ("set_aside", "set aside"),
                        ],
                        default="due",
                        max_length=10,
                    ),
                ),
                ("not_before", models.DateTimeField()),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("attempt", models.PositiveIntegerField(default=0)),
                ("asked_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, db_index=True, null=True)),
                ("found", models.JSONField(blank=True, default=dict)),
                ("problem", models.TextField(blank=True)),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="AdvisoryAlias",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("alias", models.CharField(max_length=128, unique=True)),
                (
                    "advisory",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="aliases", to="intake.advisory"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "advisory aliases",
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="AdvisoryChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "advisory",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="changes", to="intake.advisory"
                    ),
                ),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("exploited", "known to be exploited"),
                            ("likelier", "more likely to be exploited"),
                            ("worse", "a higher priority"),
                            ("withdrawn", "withdrawn"),
                            ("back", "no longer withdrawn"),
                            ("fixed", "a version without the hole is known"),
                        ],
                        max_length=10,
                    ),
                ),
                ("before", models.CharField(blank=True, max_length=60)),
                ("after", models.CharField(blank=True, max_length=60)),
                ("at", models.DateTimeField(db_index=True)),
                ("batch", models.BigIntegerField(default=0)),
                ("followed", models.BooleanField(default=False)),
            ],
            options={
                "ordering": ["-at", "-pk"],
                "indexes": [
                    models.Index(condition=models.Q(("followed", False)), fields=["id"], name="change_to_follow")
                ],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="AdvisoryKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "advisory",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="keys", to="intake.advisory"
                    ),
                ),
                ("space", models.CharField(max_length=16)),
                ("key", models.BinaryField()),
                ("lo", models.BinaryField()),
                ("hi", models.BinaryField()),
                ("certainty", models.CharField(max_length=10)),
                ("statement", models.IntegerField()),
                ("edition", models.TextField(blank=True)),
                ("condition", models.BinaryField(default=b"")),
                ("part", models.PositiveIntegerField(default=0)),
            ],
            options={
                "indexes": [models.Index(fields=["space", "key"], name="intake_advi_space_8d4e61_idx")],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="AdvisoryMention",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "advisory",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="mentions", to="intake.advisory"
                    ),
                ),
                ("name", models.CharField(blank=True, db_index=True, max_length=500)),
                ("vendor", models.CharField(blank=True, max_length=200)),
                ("product", models.CharField(blank=True, max_length=200)),
                ("cpe", models.TextField(blank=True)),
                ("purl", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["advisory", "pk"],
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Alarm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="alarms", to="intake.source"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("silent", "silent"),
                            ("failing", "failing"),
                            ("fewer", "far fewer rows"),
                            ("more", "far more rows"),
                        ],
                        max_length=10,
                    ),
                ),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(blank=True, null=True)),
                ("detail", models.CharField(blank=True, max_length=300)),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="intake.batch",
                    ),
                ),
            ],
            options={
                "ordering": ["-since", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("until__isnull", True)),
                        fields=("source", "kind"),
                        name="one_open_alarm_of_a_kind",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="RefusedRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="refused_rows", to="intake.batch"
                    ),
                ),
                ("line", models.PositiveBigIntegerField()),
                ("row", models.PositiveBigIntegerField()),
                ("code", models.CharField(max_length=40)),
                ("reason", models.TextField()),
                ("raw", models.BinaryField()),
            ],
            options={
                "ordering": ["batch", "line", "pk"],
                "indexes": [models.Index(fields=["batch", "code"], name="intake_refu_batch_i_cac14d_idx")],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="AdvisoryStatement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "advisory",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="statements", to="intake.advisory"
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="intake.source"
                    ),
                ),
                ("number", models.CharField(max_length=128)),
                ("document", models.CharField(blank=True, max_length=128)),
                (
                    "batch",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="intake.batch"),
                ),
                ("latest", models.BigIntegerField()),
                ("content", models.JSONField()),
            ],
            options={
                "indexes": [models.Index(fields=["source", "document"], name="intake_advi_source__4a7050_idx")],
                "constraints": [
                    models.UniqueConstraint(fields=("number", "source", "document"), name="one_statement_a_document")
                ],
            },
        ),
        migrations.CreateModel(
            name="AdvisoryLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="links", to="intake.advisorystatement"
                    ),
                ),
                ("number", models.CharField(db_index=True, max_length=128)),
                ("cve", models.CharField(blank=True, db_index=True, max_length=32)),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
    ]
