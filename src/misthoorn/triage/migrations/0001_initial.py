import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import misthoorn.common.tlp


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("constituency", "0001_initial"),
        ("intake", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Campaign",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "subject_kind",
                    models.CharField(choices=[("event", "event"), ("advisory", "advisory")], max_length=10),
                ),
                ("subject", models.CharField(max_length=128)),
                ("severity", models.CharField(max_length=12)),
                ("reach_limit", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "proposed"),
                            ("waiting", "waits for a second person"),
                            ("held", "held"),
                            ("approved", "approved"),
                            ("stopped", "stopped"),
                            ("rejected", "rejected"),
                        ],
                        default="proposed",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(db_index=True)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("released_at", models.DateTimeField(blank=True, null=True)),
                ("note", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["-created_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["proposed", "waiting", "held"])),
                        fields=("subject",),
                        name="one_open_campaign_a_subject",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="FurtherNews",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="news", to="triage.campaign"
                    ),
                ),
                ("occasion", models.CharField(max_length=80)),
                ("change", models.CharField(max_length=15)),
                ("severity", models.CharField(max_length=12)),
                ("reach", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("told", "told by itself"),
                            ("waiting", "waits for a person"),
                            ("approved", "approved"),
                            ("rejected", "rejected"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name_plural": "further news",
                "ordering": ["-pk"],
                "constraints": [models.UniqueConstraint(fields=("campaign", "occasion"), name="one_news_an_occasion")],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Broadcast",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("partner", "message to partners"), ("target_group", "message to a target group")],
                        max_length=15,
                    ),
                ),
                (
                    "first",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="updates",
                        to="triage.broadcast",
                    ),
                ),
                ("update_number", models.PositiveSmallIntegerField(default=0)),
                ("subject", models.CharField(blank=True, max_length=128)),
                ("severity", models.CharField(max_length=12)),
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
                        max_length=15,
                    ),
                ),
                ("audience", models.JSONField(default=dict)),
                ("title_nl", models.CharField(max_length=100)),
                ("title_en", models.CharField(max_length=100)),
                ("text_nl", models.TextField()),
                ("text_en", models.TextField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("waiting", "waits for a second person"),
                            ("approved", "approved"),
                            ("stopped", "stopped"),
                            ("rejected", "rejected"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("reach_limit", models.PositiveIntegerField(default=0)),
                ("reach_seen", models.PositiveIntegerField(default=0)),
                ("cursor", models.BigIntegerField(default=0)),
                (
                    "written_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("written_at", models.DateTimeField()),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "seconded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("released_at", models.DateTimeField(blank=True, null=True)),
                ("note", models.CharField(blank=True, max_length=2000)),
            ],
            options={
                "ordering": ["-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("seconded_by__isnull", True),
                            models.Q(("seconded_by", models.F("approved_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="a_broadcast_needs_two_different_people",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "rejected"), _negated=True),
                        fields=("first", "update_number"),
                        name="one_update_a_number",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("first__isnull", True), ("update_number", 0)),
                            models.Q(("first__isnull", False), ("update_number__gt", 0)),
                            _connector="OR",
                        ),
                        name="an_update_has_a_number",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Approval",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="approvals", to="triage.campaign"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField()),
                ("reach", models.PositiveIntegerField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("campaign", "person"), name="one_yes_a_person")],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="corrections", to="triage.campaign"
                    ),
                ),
                ("reason_nl", models.CharField(max_length=600)),
                ("reason_en", models.CharField(max_length=600)),
                ("doing_nl", models.CharField(max_length=600)),
                ("doing_en", models.CharField(max_length=600)),
                ("suppress", models.BooleanField(default=False)),
                ("arrived", models.PositiveIntegerField(blank=True, null=True)),
                ("cursor", models.BigIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[("proposed", "proposed"), ("approved", "approved"), ("rejected", "rejected")],
                        default="proposed",
                        max_length=10,
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("written_at", models.DateTimeField()),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("released_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "proposed")),
                        fields=("campaign",),
                        name="one_open_correction_a_campaign",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by__isnull", True),
                            models.Q(("decided_by", models.F("written_by")), _negated=True),
                            ("state", "rejected"),
                            _connector="OR",
                        ),
                        name="a_correction_is_approved_by_another",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Finding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="constituency.organisation",
                    ),
                ),
                (
                    "asset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="constituency.asset"
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="intake.source"
                    ),
                ),
                (
                    "subject_kind",
                    models.CharField(choices=[("event", "event"), ("advisory", "advisory")], max_length=10),
                ),
                ("subject", models.CharField(max_length=128)),
                ("observed", models.CharField(blank=True, db_index=True, max_length=260)),
                ("port", models.IntegerField(default=0)),
                ("protocol", models.CharField(blank=True, max_length=32)),
                ("hostname", models.CharField(blank=True, max_length=260)),
                ("rsit", models.CharField(blank=True, max_length=80)),
                ("severity", models.CharField(max_length=12)),
                ("certainty", models.CharField(max_length=10)),
                ("most_specific", models.BooleanField(default=True)),
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
                        max_length=15,
                    ),
                ),
                ("evidence", models.JSONField(default=dict)),
                ("rule", models.CharField(max_length=40)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "open"), ("gone", "no longer seen")], default="open", max_length=10
                    ),
                ),
                ("first_seen", models.DateTimeField()),
                ("last_seen", models.DateTimeField(db_index=True)),
                ("times_seen", models.PositiveIntegerField(default=1)),
                ("first_batch", models.BigIntegerField(default=0)),
                ("last_batch", models.BigIntegerField(default=0)),
                ("absences", models.PositiveSmallIntegerField(default=0)),
                ("last_absent_batch", models.BigIntegerField(default=0)),
                ("times_reopened", models.PositiveSmallIntegerField(default=0)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("closed_because", models.CharField(blank=True, max_length=200)),
                ("wants_campaign", models.BooleanField(default=True)),
                (
                    "remediation",
                    models.CharField(
                        choices=[
                            ("none", "not remediated"),
                            ("in_progress", "remediation in progress"),
                            ("done", "remediation done"),
                        ],
                        default="none",
                        max_length=12,
                    ),
                ),
                ("remediation_at", models.DateTimeField(blank=True, null=True)),
                ("remediation_of", models.CharField(blank=True, max_length=32)),
                (
                    "remediation_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-last_seen", "pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("wants_campaign", True)),
                        fields=["subject", "id"],
                        name="finding_wants_campaign",
                    ),
                    models.Index(fields=["organisation", "subject", "observed"], name="finding_identity"),
                    models.Index(
                        condition=models.Q(("hostname", ""), _negated=True),
                        fields=["hostname"],
                        name="finding_hostname",
                    ),
                    models.Index(fields=["state", "subject_kind", "source"], name="triage_find_state_07f5a4_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open"), ("subject_kind", "event")),
                        fields=("organisation", "subject", "observed", "port"),
                        name="a_host_has_one_open_finding",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open"), ("subject_kind", "advisory")),
                        fields=("asset", "subject"),
                        name="a_product_has_one_open_finding",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MatchRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("batch", "batch"), ("assets", "assets")], default="batch", max_length=10
                    ),
                ),
                (
                    "batch",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="intake.batch"
                    ),
                ),
                ("revision", models.BigIntegerField(null=True)),
                ("followed", models.BooleanField(default=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "queued"),
                            ("leased", "leased"),
                            ("done", "done"),
                            ("set_aside", "set aside"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("not_before", models.DateTimeField()),
                ("lease_until", models.DateTimeField(null=True)),
                ("attempt", models.PositiveIntegerField(default=0)),
                ("matches", models.PositiveBigIntegerField(default=0)),
                ("opened", models.PositiveIntegerField(default=0)),
                ("seen_again", models.PositiveIntegerField(default=0)),
                ("reopened", models.PositiveIntegerField(default=0)),
                ("gone", models.PositiveIntegerField(default=0)),
                ("problem", models.TextField(blank=True)),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("followed", False)), fields=["revision"], name="matchrun_to_follow"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "assets"), ("state__in", ["queued", "leased"])),
                        fields=("kind",),
                        name="changed_assets_are_matched_by_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("batch__isnull", False), ("kind", "assets"), _connector="XOR"),
                        name="a_run_is_for_one_thing",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Suppression",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="constituency.organisation",
                    ),
                ),
                (
                    "asset",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="constituency.asset",
                    ),
                ),
                ("product", models.CharField(blank=True, max_length=1024)),
                ("versions", models.CharField(blank=True, max_length=300)),
                ("subject", models.CharField(blank=True, max_length=128)),
                ("reason", models.CharField(max_length=1000)),
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.source",
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.batch",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("revived_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-created_at", "-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("revived_at__isnull", True)),
                        fields=["until"],
                        name="suppression_not_revived",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("organisation__isnull", False),
                            ("asset__isnull", False),
                            models.Q(("product", ""), _negated=True),
                            models.Q(("subject", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="a_suppression_names_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until__gt", models.F("created_at"))), name="a_suppression_has_an_end"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="a_suppression_has_a_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("created_by__isnull", False), ("source__isnull", False), _connector="OR"),
                        name="a_suppression_has_an_author",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="decisions", to="triage.campaign"
                    ),
                ),
                (
                    "finding",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="decisions", to="triage.finding"
                    ),
                ),
                ("outcome", models.CharField(default="undecided", max_length=30)),
                ("gates", models.JSONField(default=list)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["campaign", "outcome"], name="triage_deci_campaig_9243e4_idx")],
                "constraints": [models.UniqueConstraint(fields=("campaign", "finding"), name="one_decision_a_finding")],
            },
        ),
        migrations.CreateModel(
            name="SuppressionTerm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "suppression",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="terms", to="triage.suppression"
                    ),
                ),
                ("subject", models.CharField(blank=True, max_length=128)),
                ("space", models.CharField(blank=True, max_length=8)),
                ("key", models.BinaryField(default=b"")),
                ("lo", models.BinaryField(default=b"")),
                ("hi", models.BinaryField(default=b"")),
                ("value", models.CharField(blank=True, max_length=1024)),
            ],
            options={
                "indexes": [models.Index(fields=["subject"], name="triage_supp_subject_2b8bf3_idx")],
                "constraints": [],
            },
        ),
        migrations.AddField(
            model_name="campaign",
            name="findings",
            field=models.ManyToManyField(related_name="campaigns", through="triage.Decision", to="triage.finding"),
        ),
    ]
