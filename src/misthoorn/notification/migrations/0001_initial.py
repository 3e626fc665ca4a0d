import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("constituency", "0001_initial"),
        ("triage", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="LetterBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField()),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("posted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "posted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "letter batches",
                "ordering": ["-pk"],
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="TextEdition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("fields", models.TextField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("approved", "approved"),
                            ("replaced", "replaced"),
                            ("rejected", "rejected"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300)),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
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
                ("approved_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["name", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "approved")), fields=("name",), name="one_approved_text_a_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by__isnull", True),
                            models.Q(("approved_by", models.F("written_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="a_text_is_approved_by_another",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Trial",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.SlugField(max_length=60, unique=True)),
                ("hypothesis", models.TextField()),
                ("outcome", models.CharField(max_length=20)),
                ("subject", models.CharField(blank=True, max_length=128)),
                ("severity", models.CharField(blank=True, max_length=12)),
                ("days", models.PositiveSmallIntegerField()),
                ("runs", models.PositiveSmallIntegerField(default=90)),
                ("baseline", models.PositiveSmallIntegerField(default=0)),
                ("target", models.PositiveSmallIntegerField(default=0)),
                ("per_arm", models.PositiveIntegerField()),
                ("weak", models.BooleanField(default=False)),
                ("most_harm", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("running", "running"),
                            ("stopped", "stopped before its time"),
                            ("ended", "ended"),
                            ("rejected", "rejected"),
                        ],
                        default="draft",
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
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ended_because", models.CharField(blank=True, max_length=300)),
                ("result", models.JSONField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by__isnull", True),
                            models.Q(("approved_by", models.F("written_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="a_trial_is_approved_by_another",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="TrialArm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "trial",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="arms", to="notification.trial"
                    ),
                ),
                ("variant", models.CharField(max_length=40)),
                ("version", models.CharField(blank=True, max_length=80)),
                ("versions", models.JSONField(blank=True, default=dict)),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [models.UniqueConstraint(fields=("trial", "variant"), name="one_arm_a_variant")],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("warning", "warning"),
                            ("reminder", "reminder"),
                            ("update", "update"),
                            ("gone", "no longer seen"),
                            ("correction", "correction"),
                            ("digest", "digest"),
                            ("bundle", "bundle"),
                            ("hand_over", "hand-over"),
                            ("alive", "nothing new"),
                            ("broadcast", "message to many"),
                            ("confirm", "code to confirm an address"),
                        ],
                        default="warning",
                        max_length=10,
                    ),
                ),
                ("occasion", models.CharField(blank=True, max_length=80)),
                (
                    "about",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="later",
                        to="notification.notice",
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="triage.campaign",
                    ),
                ),
                ("variant", models.CharField(blank=True, max_length=40)),
                (
                    "trial",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="notification.trial",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="constituency.organisation"
                    ),
                ),
                ("number", models.CharField(max_length=12, unique=True)),
                ("code", models.CharField(max_length=8, unique=True)),
                ("subject", models.CharField(max_length=128)),
                ("severity", models.CharField(max_length=12)),
                ("tlp", models.CharField(max_length=15)),
                (
                    "state",
                    models.CharField(
                        choices=[("queued", "queued"), ("withheld", "withheld"), ("unreached", "unreached")],
                        max_length=10,
                    ),
                ),
                ("withheld_because", models.CharField(blank=True, max_length=300)),
                ("created_at", models.DateTimeField(db_index=True)),
                ("look_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-created_at", "-pk"],
                "indexes": [
                    models.Index(fields=["subject", "id"], name="notice_by_subject"),
                    models.Index(
                        condition=models.Q(("occasion", ""), _negated=True),
                        fields=["occasion", "id"],
                        name="notice_by_occasion",
                    ),
                    models.Index(
                        condition=models.Q(("look_at__isnull", False)),
                        fields=["look_at", "id"],
                        name="notice_is_followed",
                    ),
                    models.Index(
                        condition=models.Q(("trial__isnull", False)), fields=["trial", "id"], name="notice_is_compared"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("campaign", "organisation", "kind", "occasion"), name="one_notice_an_organisation"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("campaign__isnull", True)),
                        fields=("organisation", "kind", "occasion"),
                        name="one_notice_an_occasion",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TrialAssignment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "trial",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="assignments", to="notification.trial"
                    ),
                ),
                (
                    "arm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="notification.trialarm"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="constituency.organisation"
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("trial", "organisation"), name="one_arm_an_organisation")
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="NoticeFinding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "notice",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="findings",
                        to="notification.notice",
                    ),
                ),
                (
                    "finding",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="triage.finding"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("notice", "finding"), name="one_finding_once_a_notice")
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Reply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="replies", to="notification.notice"
                    ),
                ),
                (
                    "answer",
                    models.CharField(
                        choices=[
                            ("fixed", "fixed"),
                            ("passed_on", "passed on"),
                            ("not_ours", "not ours"),
                            ("wrong", "wrong"),
                            ("accepted", "we accept this"),
                        ],
                        max_length=12,
                    ),
                ),
                ("passed_on_to", models.CharField(blank=True, max_length=254)),
                ("whose", models.CharField(blank=True, max_length=200)),
                ("text", models.TextField(blank=True)),
                ("at", models.DateTimeField(db_index=True)),
                (
                    "judgement",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("false_positive", "a false positive"),
                            ("not_theirs", "not theirs"),
                            ("stands", "the warning stands"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "judged_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("judged_at", models.DateTimeField(blank=True, null=True)),
                ("judged_note", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "verbose_name_plural": "replies",
                "ordering": ["-at", "-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("answer__in", ["not_ours", "wrong"]), ("judgement", "")),
                        fields=["at"],
                        name="reply_wants_judgement",
                    ),
                    models.Index(
                        condition=models.Q(("judgement", ""), _negated=True),
                        fields=["judged_at", "id"],
                        name="reply_is_judged",
                    ),
                ],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Check",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_index=True)),
                ("outcome", models.CharField(max_length=15)),
                (
                    "notice",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="checks",
                        to="notification.notice",
                    ),
                ),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="FeedKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="constituency.contact"
                    ),
                ),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField()),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "notice",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="notification.notice",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="constituency.contact"
                    ),
                ),
                ("channel", models.CharField(max_length=20)),
                ("address", models.CharField(max_length=254)),
                ("language", models.CharField(max_length=5)),
                ("tlp", models.CharField(blank=True, max_length=15)),
                ("template", models.CharField(max_length=80)),
                ("subject_line", models.CharField(max_length=200)),
                ("body", models.TextField()),
                ("message_id", models.CharField(max_length=120)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "queued"),
                            ("leased", "leased"),
                            ("handed_over", "handed over"),
                            ("in_doubt", "in doubt"),
                            ("bounced", "bounced"),
                            ("withheld", "withheld"),
                            ("expired", "expired"),
                            ("waiting", "waits for a person or its reader"),
                            ("gathering", "waits for its digest"),
                            ("gathered", "told in another message"),
                        ],
                        default="queued",
                        max_length=12,
                    ),
                ),
                ("urgency", models.PositiveSmallIntegerField(default=2)),
                ("not_before", models.DateTimeField()),
                ("not_after", models.DateTimeField()),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("claimed_at", models.DateTimeField(blank=True, null=True)),
                ("attempt", models.PositiveIntegerField(default=0)),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                ("because", models.CharField(blank=True, max_length=300)),
                ("handed_over_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                ("domain_digest", models.CharField(blank=True, max_length=64)),
                (
                    "told_in",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="gathered",
                        to="notification.message",
                    ),
                ),
                ("rerouted", models.BooleanField(default=False)),
            ],
            options={
                "ordering": ["-created_at", "-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "queued")),
                        fields=["urgency", "not_before", "id"],
                        name="message_is_queued",
                    ),
                    models.Index(
                        condition=models.Q(("state", "leased")), fields=["lease_until"], name="message_is_leased"
                    ),
                    models.Index(
                        condition=models.Q(("rerouted", False), ("state", "bounced")),
                        fields=["id"],
                        name="message_came_back",
                    ),
                    models.Index(
                        condition=models.Q(("because", "contact_unusable"), ("rerouted", False), ("state", "withheld")),
                        fields=["id"],
                        name="message_went_to_nobody",
                    ),
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["channel", "not_before"],
                        name="message_waits_for_people",
                    ),
                    models.Index(
                        condition=models.Q(("state", "gathering")),
                        fields=["not_before", "contact"],
                        name="message_is_gathering",
                    ),
                    models.Index(
                        condition=models.Q(("handed_over_at__isnull", True), ("state", "gathered")),
                        fields=["told_in"],
                        name="message_is_to_be_told",
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ("queued", "leased", "handed_over")), _negated=True),
                        fields=["state", "id"],
                        name="message_is_unusual",
                    ),
                    models.Index(fields=["created_at"], name="notificatio_created_a6805d_idx"),
                    models.Index(
                        condition=models.Q(("address", ""), _negated=True),
                        fields=["address"],
                        name="message_by_address",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("notice", "contact", "channel"), name="one_message_a_contact"),
                    models.UniqueConstraint(fields=("message_id",), name="one_message_a_message_id"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Letter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "message",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="letter", to="notification.message"
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letters",
                        to="notification.letterbatch",
                    ),
                ),
                ("returned_at", models.DateTimeField(blank=True, null=True)),
                ("returned_because", models.CharField(blank=True, max_length=30)),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Call",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "message",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="call", to="notification.message"
                    ),
                ),
                (
                    "held_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("held_until", models.DateTimeField(blank=True, null=True)),
                ("not_before", models.DateTimeField()),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("done_at", None)), fields=["not_before"], name="call_is_open")
                ],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="MessageFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "message",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="notification.message",
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("media_type", models.CharField(max_length=80)),
                ("content", models.BinaryField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("message", "name"), name="one_file_a_name")],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "message",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attempts",
                        to="notification.message",
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("claimed_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("handed_over", "handed over"),
                            ("later", "not now"),
                            ("bounced", "refused for good"),
                            ("in_doubt", "in doubt"),
                            ("withheld", "withheld"),
                            ("expired", "expired"),
                            ("error", "error of our own"),
                        ],
                        max_length=20,
                    ),
                ),
                ("reply", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "ordering": ["message", "number"],
                "constraints": [models.UniqueConstraint(fields=("message", "number"), name="one_attempt_a_number")],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="IncomingMail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("received_at", models.DateTimeField(db_index=True)),
                ("kind", models.CharField(max_length=12)),
                (
                    "message",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="incoming",
                        to="notification.message",
                    ),
                ),
                ("forged", models.BooleanField(default=False)),
                ("status", models.CharField(blank=True, max_length=12)),
                ("detail", models.CharField(blank=True, max_length=300)),
                ("sender", models.CharField(blank=True, max_length=254)),
                ("subject", models.CharField(blank=True, max_length=200)),
                ("text", models.TextField(blank=True)),
                ("raw", models.BinaryField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("early", "its message is still on its way"),
                            ("to_read", "to be read"),
                            ("done", "done"),
                        ],
                        max_length=10,
                    ),
                ),
                ("read_by", models.BigIntegerField(blank=True, null=True)),
                ("read_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name_plural": "incoming mails",
                "ordering": ["-received_at", "-pk"],
                "indexes": [models.Index(fields=["state", "received_at"], name="notificatio_state_3d09c4_idx")],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="CallOutcome",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="outcomes", to="notification.call"
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("outcome", models.CharField(max_length=30)),
                ("note", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "ordering": ["at", "pk"],
                "indexes": [],
                "constraints": [],
            },
        ),
    ]
