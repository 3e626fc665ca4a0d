from django.db import models
from django.db.models import F, Q

from misthoorn.common.tlp import Tlp
from misthoorn.triage.broadcast_models import Broadcast, HandOver
from misthoorn.triage.follow_up_models import FurtherNews

__all__ = [
    "Approval",
    "Broadcast",
    "Campaign",
    "Correction",
    "Decision",
    "Finding",
    "FurtherNews",
    "HandOver",
    "MatchRun",
    "Remediation",
    "SubjectKind",
    "Suppression",
    "SuppressionTerm",
]


class SubjectKind(models.TextChoices):
    EVENT = "event", "event"
    ADVISORY = "advisory", "advisory"


class Remediation(models.TextChoices):
    """What somebody says is being done (CSAF 2.0, 9.1.13). Only a delivery that looked again makes a finding gone."""

    NONE = "none", "not remediated"
    PROGRESS = "in_progress", "remediation in progress"
    DONE = "done", "remediation done"


class Finding(models.Model):
    """This event type or advisory concerns this asset.

    Identity, while open: of an event organisation x subject x observed x port, on whichever of the organisation's
    assets it was first seen; of an advisory asset x subject.

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
    observed = models.CharField(max_length=260, blank=True, db_index=True)
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
    first_batch = models.BigIntegerField(default=0)
    last_batch = models.BigIntegerField(default=0)
    absences = models.PositiveSmallIntegerField(default=0)
    last_absent_batch = models.BigIntegerField(default=0)
    times_reopened = models.PositiveSmallIntegerField(default=0)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_because = models.CharField(max_length=200, blank=True)
    wants_campaign = models.BooleanField(default=True)
    remediation = models.CharField(max_length=12, choices=Remediation.choices, default=Remediation.NONE)
    remediation_at = models.DateTimeField(null=True, blank=True)
    remediation_of = models.CharField(max_length=32, blank=True)  # what the advisory said is affected, as a digest
    remediation_by = models.ForeignKey(
        "accounts.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-last_seen", "pk"]
        indexes = [
            models.Index(fields=["subject", "id"], condition=Q(wants_campaign=True), name="finding_wants_campaign"),
            models.Index(fields=["organisation", "subject", "observed"], name="finding_identity"),
            models.Index(fields=["hostname"], condition=~Q(hostname=""), name="finding_hostname"),
            models.Index(fields=["state", "subject_kind", "source"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "subject", "observed", "port"],
                condition=Q(state="open", subject_kind="event"),
                name="a_host_has_one_open_finding",
            ),
            models.UniqueConstraint(
                fields=["asset", "subject"],
                condition=Q(state="open", subject_kind="advisory"),
                name="a_product_has_one_open_finding",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.observed}:{self.port}"


class MatchRun(models.Model):
    """A row with a lease: a batch that is matched, one for each that is accepted; or the assets that changed, one at a
    time.

    `revision`: of a batch, the keys of assets were read no earlier than at this change of assets; of assets, all
    changes up to this one are matched. `followed`: no asset changed while the batch was matched, or what changed was
    matched with it afterwards.
    """  # noqa: D205  one thought

    class Kind(models.TextChoices):
        BATCH = "batch", "batch"
        ASSETS = "assets", "assets"

    class State(models.TextChoices):
        QUEUED = "queued", "queued"
        LEASED = "leased", "leased"
        DONE = "done", "done"
        SET_ASIDE = "set_aside", "set aside"

    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.BATCH)
    batch = models.OneToOneField("intake.Batch", on_delete=models.CASCADE, null=True, related_name="+")
    revision = models.BigIntegerField(null=True)
    followed = models.BooleanField(default=True)
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

    class Meta:
        indexes = [models.Index(fields=["revision"], condition=Q(followed=False), name="matchrun_to_follow")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(kind="assets", state__in=["queued", "leased"]),
                name="changed_assets_are_matched_by_one",
            ),
            models.CheckConstraint(condition=Q(batch__isnull=False) ^ Q(kind="assets"), name="a_run_is_for_one_thing"),
        ]

    def __str__(self) -> str:
        return f"match of batch {self.batch_id}" if self.batch_id else f"match of changed assets {self.pk}"


class Campaign(models.Model):
    """A reason to warn: the new findings of one subject. At most one is open for each subject."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "proposed"
        WAITING = "waiting", "waits for a second person"
        HELD = "held", "held"
        APPROVED = "approved", "approved"
        STOPPED = "stopped", "stopped"
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


class Correction(models.Model):
    """A warning was wrong: why, and sorry, to exactly those who got it. A second person approves it.

    `suppress`: what it was about is not warned about again for a year. `arrived`: how many got it, counted when the
    first of them is told. `cursor`: up to which warning they were told.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "proposed"
        APPROVED = "approved", "approved"
        REJECTED = "rejected", "rejected"

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="corrections")
    reason_nl = models.CharField(max_length=600)
    reason_en = models.CharField(max_length=600)
    doing_nl = models.CharField(max_length=600)
    doing_en = models.CharField(max_length=600)
    suppress = models.BooleanField(default=False)
    arrived = models.PositiveIntegerField(null=True, blank=True)
    cursor = models.BigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    written_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    decided_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign"], condition=Q(state="proposed"), name="one_open_correction_a_campaign"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("written_by")) | Q(state="rejected"),
                name="a_correction_is_approved_by_another",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return f"C-{self.pk:05d}"


class Suppression(models.Model):
    """Findings that nobody is warned about, why, by whom and until when. Every field that is filled narrows it.

    It names an asset, an organisation, a product or a subject (its terms say the last two as the join reads them), and
    silences nothing beyond that. `revived_at`: when, after its end, the findings that it silenced came back.
    """

    organisation = models.ForeignKey(
        "constituency.Organisation", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    asset = models.ForeignKey("constituency.Asset", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    product = models.CharField(max_length=1024, blank=True)
    versions = models.CharField(max_length=300, blank=True)
    subject = models.CharField(max_length=128, blank=True)
    reason = models.CharField(max_length=1000)
    source = models.ForeignKey("intake.Source", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    batch = models.ForeignKey("intake.Batch", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    revived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["until"], condition=Q(revived_at__isnull=True), name="suppression_not_revived")]
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation__isnull=False) | Q(asset__isnull=False) | ~Q(product="") | ~Q(subject=""),
                name="a_suppression_names_something",
            ),
            models.CheckConstraint(condition=Q(until__gt=models.F("created_at")), name="a_suppression_has_an_end"),
            models.CheckConstraint(condition=~Q(reason=""), name="a_suppression_has_a_reason"),
            models.CheckConstraint(
                condition=Q(created_by__isnull=False) | Q(source__isnull=False), name="a_suppression_has_an_author"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return f"S-{self.pk:05d}"


class SuppressionTerm(models.Model):
    """What the join reads of a suppression: a subject, a product as key and range, or both; "" is any.

    `value`, where it is filled, is the product written out: the key alone would say more than was named.
    """

    suppression = models.ForeignKey(Suppression, on_delete=models.CASCADE, related_name="terms")
    subject = models.CharField(max_length=128, blank=True)
    space = models.CharField(max_length=8, blank=True)
    key = models.BinaryField(default=b"")
    lo = models.BinaryField(default=b"")
    hi = models.BinaryField(default=b"")
    value = models.CharField(max_length=1024, blank=True)

    class Meta:
        indexes = [models.Index(fields=["subject"])]

    def __str__(self) -> str:
        return f"{self.suppression_id}: {self.subject} {self.space}"
