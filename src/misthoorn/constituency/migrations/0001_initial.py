import uuid

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Organisation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200)),
                ("register_number", models.CharField(max_length=40, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("general", "general"),
                            ("vital", "vital"),
                            ("digital_service_provider", "digital_service_provider"),
                            ("municipality", "municipality"),
                            ("health_care", "health_care"),
                            ("education", "education"),
                            ("water_board", "water_board"),
                            ("team", "team"),
                            ("unknown", "unknown"),
                        ],
                        default="unknown",
                        max_length=30,
                    ),
                ),
                (
                    "sector",
                    models.CharField(
                        choices=[
                            ("health", "health"),
                            ("trade", "trade"),
                            ("ict", "ict"),
                            ("agriculture", "agriculture"),
                            ("media", "media"),
                            ("education", "education"),
                            ("engineering", "engineering"),
                            ("transport", "transport"),
                            ("other", "other"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "size",
                    models.CharField(
                        choices=[
                            ("1", "1"),
                            ("2-9", "2-9"),
                            ("10-49", "10-49"),
                            ("50-249", "50-249"),
                            ("250+", "250+"),
                        ],
                        max_length=10,
                    ),
                ),
                ("province", models.CharField(blank=True, max_length=40)),
                ("registered", models.BooleanField(default=False)),
                ("network_owner", models.BooleanField(default=False)),
                ("partner", models.BooleanField(default=False)),
                ("oktt", models.CharField(blank=True, max_length=60)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["name", "pk"],
                "indexes": [
                    models.Index(fields=["kind"], name="constituenc_kind_aa4600_idx"),
                    models.Index(fields=["sector"], name="constituenc_sector_f5106c_idx"),
                ],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="KeyRevision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.UUIDField(default=uuid.uuid4)),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Lookup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("security_txt", "security_txt"),
                            ("rdap_ip", "rdap_ip"),
                            ("soa", "soa"),
                            ("rdap_domain", "rdap_domain"),
                        ],
                        max_length=20,
                    ),
                ),
                ("value", models.CharField(max_length=260)),
                ("state", models.CharField(max_length=30)),
                ("not_before", models.DateTimeField()),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("attempt", models.PositiveIntegerField(default=0)),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                ("asked_at", models.DateTimeField(blank=True, null=True)),
                ("outcome", models.CharField(blank=True, max_length=30)),
                ("problem", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "ordering": ["kind", "value"],
                "indexes": [models.Index(fields=["state", "not_before", "id"], name="lookup_is_due")],
                "constraints": [models.UniqueConstraint(fields=("kind", "value"), name="one_lookup_each")],
            },
        ),
        migrations.CreateModel(
            name="LookupPace",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20, unique=True)),
                ("next_at", models.DateTimeField()),
                ("day", models.DateField()),
                ("spent", models.PositiveIntegerField(default=0)),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Asset",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assets",
                        to="constituency.organisation",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("network", "network"), ("domain", "domain"), ("asn", "asn"), ("product", "product")],
                        max_length=10,
                    ),
                ),
                ("value", models.CharField(max_length=512)),
                ("version", models.CharField(blank=True, max_length=120)),
                ("label", models.CharField(blank=True, max_length=120)),
                ("valid_from", models.DateTimeField(blank=True, null=True)),
                ("valid_to", models.DateTimeField(blank=True, null=True)),
                ("provenance", models.CharField(max_length=60)),
                ("proof", models.PositiveSmallIntegerField(default=0)),
                ("changed_at", models.DateTimeField()),
                ("revision", models.BigIntegerField(db_index=True, default=0)),
            ],
            options={
                "ordering": ["kind", "value", "pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("valid_from__isnull", False)), fields=["valid_from"], name="asset_begins"
                    ),
                    models.Index(
                        condition=models.Q(("valid_to__isnull", False)), fields=["valid_to"], name="asset_ends"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "kind", "value", "label"), name="one_asset_each"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_from__isnull", True),
                            ("valid_to__isnull", True),
                            ("valid_from__lt", models.F("valid_to")),
                            _connector="OR",
                        ),
                        name="asset_valid_from_before_to",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="constituency.organisation",
                    ),
                ),
                ("since", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("person", "organisation"), name="one_membership_each")],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Refusal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="refusals",
                        to="constituency.organisation",
                    ),
                ),
                ("subject", models.CharField(max_length=128)),
                ("since", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("organisation", "subject"), name="one_refusal_each")],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="ProductChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=200)),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="product_choices",
                        to="constituency.organisation",
                    ),
                ),
                ("value", models.CharField(max_length=1024)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ["text", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("text", "organisation"), name="one_choice_each"),
                    models.UniqueConstraint(
                        condition=models.Q(("organisation__isnull", True)),
                        fields=("text",),
                        name="one_choice_for_everybody",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Mistake",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="constituency.organisation"
                    ),
                ),
                ("about", models.CharField(blank=True, max_length=300)),
                ("text", models.TextField()),
                (
                    "said_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("done_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["at", "pk"],
                "indexes": [
                    models.Index(condition=models.Q(("done_at__isnull", True)), fields=["at"], name="mistake_waits")
                ],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="AssetKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "asset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="keys", to="constituency.asset"
                    ),
                ),
                ("space", models.CharField(max_length=8)),
                ("key", models.BinaryField()),
                ("lo", models.BinaryField()),
                ("hi", models.BinaryField()),
                ("edition", models.TextField(blank=True)),
                ("specificity", models.IntegerField(default=0)),
            ],
            options={
                "indexes": [models.Index(fields=["space", "key"], name="constituenc_space_3d92e6_idx")],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Mandate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mandates_given",
                        to="constituency.organisation",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mandates_held",
                        to="constituency.organisation",
                    ),
                ),
                ("may_receive", models.BooleanField(default=True)),
                ("may_reply", models.BooleanField(default=False)),
                ("may_manage", models.BooleanField(default=False)),
                ("valid_from", models.DateTimeField()),
                ("valid_to", models.DateTimeField(blank=True, null=True)),
                ("granted_by", models.CharField(max_length=200)),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_by", models.CharField(blank=True, max_length=200)),
                ("for_all", models.BooleanField(default=True)),
                ("assets", models.ManyToManyField(blank=True, related_name="+", to="constituency.asset")),
            ],
            options={
                "ordering": ["-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("client", models.F("provider")), _negated=True),
                        name="nobody_is_mandated_by_themselves",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_from__lt", models.F("valid_to")), _connector="OR"
                        ),
                        name="mandate_from_before_to",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("granted_by", ""), _negated=True), name="a_mandate_says_who_gave_it"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at__isnull", True)),
                        fields=("client", "provider"),
                        name="one_mandate_a_provider",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contacts",
                        to="constituency.organisation",
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("security", "security"),
                            ("owner", "owner"),
                            ("it_provider", "it_provider"),
                            ("abuse", "abuse"),
                            ("general", "general"),
                            ("technical", "technical"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("mail", "mail"),
                            ("webhook", "webhook"),
                            ("feed", "feed"),
                            ("portal", "portal"),
                            ("telephone", "telephone"),
                            ("letter", "letter"),
                        ],
                        default="mail",
                        max_length=20,
                    ),
                ),
                ("address", models.CharField(max_length=254)),
                ("language", models.CharField(choices=[("nl", "nl"), ("en", "en")], default="nl", max_length=5)),
                ("provenance", models.CharField(max_length=60)),
                ("confidence", models.PositiveSmallIntegerField(default=50)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("bounced_at", models.DateTimeField(blank=True, null=True)),
                ("stopped_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                ("place", models.CharField(blank=True, max_length=260)),
                ("evidence", models.CharField(blank=True, max_length=300)),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
                ("valid_to", models.DateTimeField(blank=True, null=True)),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                ("bounces", models.PositiveSmallIntegerField(default=0)),
                ("name", models.CharField(blank=True, max_length=120)),
                (
                    "mandate",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="contacts",
                        to="constituency.mandate",
                    ),
                ),
                (
                    "mail_domain",
                    models.GeneratedField(
                        db_index=True,
                        db_persist=True,
                        expression=django.db.models.functions.text.Lower(
                            django.db.models.functions.text.Substr(
                                "address",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.functions.text.StrIndex("address", models.Value("@")),
                                    "+",
                                    models.Value(1),
                                ),
                            )
                        ),
                        output_field=models.CharField(max_length=254),
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["address"], name="constituenc_address_338e90_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("mandate__isnull", True)),
                        fields=("organisation", "channel", "address", "role", "place"),
                        name="one_contact_each",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("mandate__isnull", False)),
                        fields=("mandate", "channel", "address"),
                        name="one_contact_a_mandate",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Preference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "contact",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="preference",
                        to="constituency.contact",
                    ),
                ),
                (
                    "preset",
                    models.CharField(
                        choices=[("at_once", "at_once"), ("digest", "digest"), ("severe", "severe")],
                        default="at_once",
                        max_length=10,
                    ),
                ),
                ("digest", models.CharField(choices=[("day", "day"), ("week", "week")], default="day", max_length=5)),
                ("weekday", models.PositiveSmallIntegerField(default=1)),
                ("hour", models.PositiveSmallIntegerField(default=8)),
                ("quiet_from", models.TimeField(blank=True, null=True)),
                ("quiet_to", models.TimeField(blank=True, null=True)),
                (
                    "floor",
                    models.CharField(
                        choices=[
                            ("urgent", "urgent"),
                            ("high", "high"),
                            ("normal", "normal"),
                            ("information", "information"),
                        ],
                        default="information",
                        max_length=12,
                    ),
                ),
                ("reminders", models.BooleanField(default=True)),
                ("good_news", models.BooleanField(default=True)),
                ("alive_every", models.PositiveSmallIntegerField(default=0)),
                ("compared", models.BooleanField(default=True)),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("weekday__lt", 7), ("hour__lt", 24)), name="a_digest_has_a_time"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("quiet_from__isnull", True), ("quiet_to__isnull", True)),
                            models.Q(("quiet_from__isnull", False), ("quiet_to__isnull", False)),
                            _connector="OR",
                        ),
                        name="quiet_hours_have_two_ends",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("notice_number", models.CharField(max_length=12)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="claims",
                        to="constituency.organisation",
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("register_number", models.CharField(max_length=40)),
                ("person_name", models.CharField(max_length=120)),
                ("address", models.CharField(max_length=254)),
                ("language", models.CharField(choices=[("nl", "nl"), ("en", "en")], default="nl", max_length=5)),
                ("at", models.DateTimeField()),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="constituency.contact",
                    ),
                ),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "open"), ("accepted", "accepted"), ("refused", "refused")],
                        default="open",
                        max_length=10,
                    ),
                ),
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
                ("note", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "ordering": ["-at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("notice_number", "address"),
                        name="one_open_claim_each",
                    )
                ],
                "indexes": [],
            },
        ),
    ]
