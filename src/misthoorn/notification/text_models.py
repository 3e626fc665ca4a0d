"""Texts as the desk changed them, and comparisons of their variants."""

from django.db import models


class TextEdition(models.Model):
    """A text of the library as people at the desk changed it. The approved one of a name is what mails are made of.

    `fields`: the YAML of its file.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "draft"
        APPROVED = "approved", "approved"
        REPLACED = "replaced", "replaced"
        REJECTED = "rejected", "rejected"

    name = models.CharField(max_length=80)
    fields = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    note = models.CharField(max_length=300, blank=True)
    written_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        "accounts.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(state="approved"), name="one_approved_text_a_name"
            ),
            models.CheckConstraint(
                condition=models.Q(approved_by__isnull=True) | ~models.Q(approved_by=models.F("written_by")),
                name="a_text_is_approved_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} #{self.pk}"


class Trial(models.Model):
    """A randomised comparison of variants of a text. Public once it runs; never about what is urgent.

    Which warnings take part: `subject` and `severity`, empty for all that may. `runs`: for so many days organisations
    are taken in; `days`: within so many the outcome counts. `baseline` and `target` are percentages. `weak`: its writer
    said yes to a size that is probably too small. `most_harm`: so many organisations of one arm may say that a warning
    was wrong or not theirs, or complain; one more and it stops. `result`: the numbers, when all is counted.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "draft"
        RUNNING = "running", "running"
        STOPPED = "stopped", "stopped before its time"
        ENDED = "ended", "ended"
        REJECTED = "rejected", "rejected"

    name = models.SlugField(max_length=60, unique=True)
    hypothesis = models.TextField()
    outcome = models.CharField(max_length=20)
    subject = models.CharField(max_length=128, blank=True)
    severity = models.CharField(max_length=12, blank=True)
    days = models.PositiveSmallIntegerField()
    runs = models.PositiveSmallIntegerField(default=90)
    baseline = models.PositiveSmallIntegerField(default=0)
    target = models.PositiveSmallIntegerField(default=0)
    per_arm = models.PositiveIntegerField()
    weak = models.BooleanField(default=False)
    most_harm = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    written_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        "accounts.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.CharField(max_length=300, blank=True)
    result = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(approved_by__isnull=True) | ~models.Q(approved_by=models.F("written_by")),
                name="a_trial_is_approved_by_another",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TrialArm(models.Model):
    """One of the variants that are compared, "" for the usual text.

    `versions` says exactly which texts, by name and language, and `version` is their digest; filled in when it starts.
    """

    trial = models.ForeignKey(Trial, on_delete=models.CASCADE, related_name="arms")
    variant = models.CharField(max_length=40)
    version = models.CharField(max_length=80, blank=True)
    versions = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["trial", "variant"], name="one_arm_a_variant")]

    def __str__(self) -> str:
        return self.variant


class TrialAssignment(models.Model):
    """The arm of one organisation, written before its text is made."""

    trial = models.ForeignKey(Trial, on_delete=models.CASCADE, related_name="assignments")
    arm = models.ForeignKey(TrialArm, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey("constituency.Organisation", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["trial", "organisation"], name="one_arm_an_organisation")]

    def __str__(self) -> str:
        return f"{self.trial_id}/{self.organisation_id}"
