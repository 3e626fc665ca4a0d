from django.db import models
from django.db.models import Q

from misthoorn.common.tlp import Tlp


class SubjectKind(models.TextChoices):
    EVENT = "event", "event"
    ADVISORY = "advisory", "advisory"


class Finding(models.Model):
    """This event type or advisory concerns this asset. Identity: asset x subject x observed x port, while open.

    Gone within 90 days and seen again: the same finding opens again; later, a new one opens.
    """

    class State(models.TextChoices):
        OPEN = "open", "open"
        GONE = "gone", "no longer seen"

    organisation = models.ForeignKey(
        "constituency.Organisation", on_delete=models.CASCADE, related_name="+", db_index=False
    )  # finding_identity begins with it
    asset = models.ForeignKey("constituency.Asset", on_delete=models.CASCADE, related_name="+")
    source = models.ForeignKey("intake.Source", on_delete=models.PROTECT, related_name="+")
    subject_kind = models.CharField(max_length=10, choices=SubjectKind.choices)
    subject = models.CharField(max_length=128)
    observed = models.CharField(max_length=260, blank=True)
    port = models.IntegerField(default=0)
    protocol = models.CharField(max_length=32, blank=True)
    hostname = models.CharField(max_length=260, blank=True)
    rsit = models.CharField(max_length=80, blank=True)
    severity = models.CharField(max_length=12)
    certainty = models.CharField(max_length=10)
    most_specific = models.BooleanField(default=True)
    tlp = models.CharField(max_length=15, choices=[(label, label) for label in Tlp])
    evidence = models.JSONField(default=dict)
    rule = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField(db_index=True)
    times_seen = models.PositiveIntegerField(default=1)
    last_batch = models.BigIntegerField(default=0)
    absences = models.PositiveSmallIntegerField(default=0)
    last_absent_batch = models.BigIntegerField(default=0)
    times_reopened = models.PositiveSmallIntegerField(default=0)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_because = models.CharField(max_length=200, blank=True)
    wants_campaign = models.BooleanField(default=True)

    class Meta:
        ordering = ["-last_seen", "pk"]
        indexes = [
            models.Index(fields=["subject", "id"], condition=Q(wants_campaign=True), name="finding_wants_campaign"),
            models.Index(fields=["organisation", "subject", "observed"], name="finding_identity"),
            models.Index(fields=["state", "subject_kind", "source"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["asset", "subject", "observed", "port"],
                condition=Q(state="open"),
                name="a_finding_is_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.observed}:{self.port}"


class MatchRun(models.Model):
    """A batch that is, or will be, matched: a row with a lease, one for each accepted batch."""

    class State(models.TextChoices):
        QUEUED = "queued", "queued"
        LEASED = "leased", "leased"
        DONE = "done", "done"
        SET_ASIDE = "set_aside", "set aside"

    batch = models.OneToOneField("intake.Batch", on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    not_before = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    attempt = models.PositiveIntegerField(default=0)
    matches = models.PositiveBigIntegerField(default=0)
    opened = models.PositiveIntegerField(default=0)
    seen_again = models.PositiveIntegerField(default=0)
    reopened = models.PositiveIntegerField(default=0)
    gone = models.PositiveIntegerField(default=0)
    problem = models.TextField(blank=True)
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"match of batch {self.batch_id}"


class Campaign(models.Model):
    """A reason to warn: the new findings of one subject. At most one is open for each subject."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "proposed"
        WAITING = "waiting", "waits for a second person"
        HELD = "held", "held"
        APPROVED = "approved", "approved"
        REJECTED = "rejected", "rejected"

    subject_kind = models.CharField(max_length=10, choices=SubjectKind.choices)
    subject = models.CharField(max_length=128)
    severity = models.CharField(max_length=12)
    reach_limit = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    created_at = models.DateTimeField(db_index=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(blank=True)
    findings = models.ManyToManyField(Finding, related_name="campaigns", through="Decision")

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject"],
                condition=Q(state__in=["proposed", "waiting", "held"]),
                name="one_open_campaign_a_subject",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return f"A-{self.pk:05d}"


class Approval(models.Model):
    """One person's yes to one campaign, with the reach that the person saw."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="approvals")
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reach = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "person"], name="one_yes_a_person")]

    def __str__(self) -> str:
        return f"{self.campaign_id} by {self.person_id}"


class Decision(models.Model):
    """A finding in a campaign, and the verdicts of all gates on it in one row. `gates` is empty until decided."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="decisions")
    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="decisions")
    outcome = models.CharField(max_length=30, default="undecided")
    gates = models.JSONField(default=list)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "finding"], name="one_decision_a_finding")]
        indexes = [models.Index(fields=["campaign", "outcome"])]

    def __str__(self) -> str:
        return f"{self.campaign_id}/{self.finding_id}: {self.outcome}"
