"""What is told beside warnings: messages to many, and what was handed over to other teams."""

from django.db import models
from django.db.models import F, Q

from misthoorn.common.tlp import Tlp


class Broadcast(models.Model):
    """A general message to many, by what they are and not by what was seen at them: to partners, or to a target group.

    `audience`: sectors, sizes and provinces, each a list of words; an empty one is all. Approved like a campaign. An
    update carries the number of the `first` of its line. `cursor`: up to which organisation its notices are written.
    """

    class Kind(models.TextChoices):
        PARTNER = "partner", "message to partners"
        TARGET_GROUP = "target_group", "message to a target group"

    class State(models.TextChoices):
        DRAFT = "draft", "draft"
        WAITING = "waiting", "waits for a second person"
        APPROVED = "approved", "approved"
        STOPPED = "stopped", "stopped"
        REJECTED = "rejected", "rejected"

    kind = models.CharField(max_length=15, choices=Kind.choices)
    first = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="updates")
    update_number = models.PositiveSmallIntegerField(default=0)
    subject = models.CharField(max_length=128, blank=True)
    severity = models.CharField(max_length=12)
    tlp = models.CharField(max_length=15, choices=[(label, label) for label in Tlp])
    audience = models.JSONField(default=dict)
    title_nl = models.CharField(max_length=100)
    title_en = models.CharField(max_length=100)
    text_nl = models.TextField()
    text_en = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    reach_limit = models.PositiveIntegerField(default=0)
    reach_seen = models.PositiveIntegerField(default=0)
    cursor = models.BigIntegerField(default=0)
    written_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        "accounts.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    seconded_by = models.ForeignKey(
        "accounts.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=2000, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(seconded_by__isnull=True) | ~Q(seconded_by=F("approved_by")),
                name="a_broadcast_needs_two_different_people",
            ),
            models.UniqueConstraint(
                fields=["first", "update_number"], condition=~Q(state="rejected"), name="one_update_a_number"
            ),
            models.CheckConstraint(
                condition=Q(first__isnull=True, update_number=0) | Q(first__isnull=False, update_number__gt=0),
                name="an_update_has_a_number",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """The number of its line: every update has the number of the first message."""
        return f"B-{self.first_id or self.pk:05d}"


class HandOver(models.Model):
    """Findings of a campaign that a person handed over to the team that has to tell them.

    By mail there is a notice. By telephone a person says that it was told, since the label does not let it be mailed.
    `conditions`: what the person confirmed of the conditions of the law, with their version.
    """

    class Way(models.TextChoices):
        MAIL = "mail", "by mail"
        TELEPHONE = "telephone", "by telephone"

    campaign = models.ForeignKey("triage.Campaign", on_delete=models.PROTECT, related_name="hand_overs")
    team = models.ForeignKey("constituency.Organisation", on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=10, choices=Way.choices)
    notice = models.ForeignKey("notification.Notice", on_delete=models.PROTECT, null=True, related_name="+")
    rule = models.CharField(max_length=80)
    ground = models.CharField(max_length=300)
    tlp = models.CharField(max_length=15, choices=[(label, label) for label in Tlp])
    organisations = models.PositiveIntegerField()
    findings = models.PositiveIntegerField()
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    note = models.CharField(max_length=500, blank=True)
    conditions = models.CharField(max_length=200, blank=True, default="", db_default="")
    told = models.ManyToManyField("triage.Finding", related_name="+")
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="taken_back_by"
    )

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(way="mail", notice__isnull=False) | Q(way="telephone", notice__isnull=True),
                name="a_hand_over_by_mail_has_a_notice",
            ),
        ]

    def __str__(self) -> str:
        return f"campaign {self.campaign_id} to organisation {self.team_id}"
