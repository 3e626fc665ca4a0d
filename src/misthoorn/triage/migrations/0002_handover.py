import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import misthoorn.common.tlp


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("constituency", "0001_initial"),
        ("notification", "0001_initial"),
        ("triage", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="HandOver",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="hand_overs", to="triage.campaign"
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="constituency.organisation"
                    ),
                ),
                ("way", models.CharField(choices=[("mail", "by mail"), ("telephone", "by telephone")], max_length=10)),
                (
                    "notice",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="notification.notice",
                    ),
                ),
                ("rule", models.CharField(max_length=80)),
                ("ground", models.CharField(max_length=300)),
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
                ("organisations", models.PositiveIntegerField()),
                ("findings", models.PositiveIntegerField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField()),
                ("note", models.CharField(blank=True, max_length=500)),
                (
                    "corrects",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="taken_back_by",
                        to="triage.handover",
                    ),
                ),
                ("told", models.ManyToManyField(related_name="+", to="triage.finding")),
            ],
            options={
                "ordering": ["-at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("notice__isnull", False), ("way", "mail")),
                            models.Q(("notice__isnull", True), ("way", "telephone")),
                            _connector="OR",
                        ),
                        name="a_hand_over_by_mail_has_a_notice",
                    )
                ],
                "indexes": [],
            },
        ),
    ]
