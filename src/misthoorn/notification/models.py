from django.db import models


class Notice(models.Model):
    """What one organisation is told for one campaign. A withheld one says why, and is kept like the others."""

    class State(models.TextChoices):
        QUEUED = "queued", "queued"
        WITHHELD = "withheld", "withheld"

    campaign = models.ForeignKey("triage.Campaign", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("constituency.Organisation", on_delete=models.CASCADE, related_name="+")
    number = models.CharField(max_length=12, unique=True)
    code = models.CharField(max_length=8, unique=True)
    subject = models.CharField(max_length=120)
    severity = models.CharField(max_length=12)
    tlp = models.CharField(max_length=15)
    state = models.CharField(max_length=10, choices=State.choices)
    withheld_because = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "organisation"], name="one_notice_an_organisation"),
        ]

    def __str__(self) -> str:
        return self.number


class NoticeFinding(models.Model):
    """A finding that stands in a notice."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="findings")
    finding = models.ForeignKey("triage.Finding", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "finding"], name="one_finding_once_a_notice")]

    def __str__(self) -> str:
        return f"{self.notice_id}: {self.finding_id}"


class Message(models.Model):
    """A notice rendered for one contact and one channel: a row with a lease until it was handed over.

    The Message-ID is made with the row and used by every attempt.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "queued"
        LEASED = "leased", "leased"
        HANDED_OVER = "handed_over", "handed over"
        IN_DOUBT = "in_doubt", "in doubt"
        BOUNCED = "bounced", "bounced"
        WITHHELD = "withheld", "withheld"
        EXPIRED = "expired", "expired"

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="messages")
    contact = models.ForeignKey("constituency.Contact", on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=20)
    address = models.CharField(max_length=254)
    language = models.CharField(max_length=5)
    template = models.CharField(max_length=80)
    subject_line = models.CharField(max_length=200)
    body = models.TextField()
    message_id = models.CharField(max_length=120, unique=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.QUEUED)
    urgency = models.PositiveSmallIntegerField(default=2)
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    attempt = models.PositiveIntegerField(default=0)
    lost_leases = models.PositiveSmallIntegerField(default=0)
    because = models.CharField(max_length=300, blank=True)
    handed_over_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["state", "urgency", "not_before"]),
            models.Index(fields=["created_at"]),
        ]
        constraints = [
            models.UniqueConstraint(fields=["notice", "contact", "channel"], name="one_message_a_contact"),
        ]

    def __str__(self) -> str:
        return self.message_id


class Attempt(models.Model):
    """One try to hand a message over, and how it ended."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveIntegerField()
    claimed_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=20, blank=True)
    reply = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["message", "number"]
        constraints = [models.UniqueConstraint(fields=["message", "number"], name="one_attempt_a_number")]

    def __str__(self) -> str:
        return f"{self.message_id} #{self.number} {self.outcome}"


class Reply(models.Model):
    """What the recipient says of a notice. The latest counts; the earlier ones stay."""

    class Answer(models.TextChoices):
        FIXED = "fixed", "fixed"
        PASSED_ON = "passed_on", "passed on"
        NOT_OURS = "not_ours", "not ours"
        WRONG = "wrong", "wrong"
        ACCEPTED = "accepted", "we accept this"

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="replies")
    answer = models.CharField(max_length=12, choices=Answer.choices)
    text = models.TextField(blank=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name_plural = "replies"

    def __str__(self) -> str:
        return f"{self.notice_id}: {self.answer}"


class Check(models.Model):
    """Somebody asked whether a number is genuine. Without who asked; the domain is kept only when it did not fit."""

    at = models.DateTimeField(db_index=True)
    outcome = models.CharField(max_length=15)
    notice = models.ForeignKey(Notice, null=True, on_delete=models.CASCADE, related_name="checks")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.outcome}"
