from django.db import models

from misthoorn.notification.channel_models import Call, CallOutcome, FeedKey, Letter, LetterBatch
from misthoorn.notification.text_models import TextEdition, Trial, TrialArm, TrialAssignment

__all__ = [
    "Attempt",
    "Call",
    "CallOutcome",
    "Check",
    "FeedKey",
    "IncomingMail",
    "Letter",
    "LetterBatch",
    "Message",
    "MessageFile",
    "Notice",
    "NoticeFinding",
    "Reply",
    "TextEdition",
    "Trial",
    "TrialArm",
    "TrialAssignment",
]


USUAL = ("queued", "leased", "handed_over")  # the states of a message that goes the usual way


class Notice(models.Model):
    """What one organisation is told, once: for a campaign or another occasion. A withheld one says why, and is kept.

    An unreached one came back from every contact that there is: a person must find another way. `occasion` says why
    this is told beside the first warning ("kev", "C-00003", "2026-11-28/17"): the same is never told twice. `about`:
    the notice that this one comes back to. A digest, a bundle and what is told to many have no campaign.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "queued"
        WITHHELD = "withheld", "withheld"
        UNREACHED = "unreached", "unreached"

    class Kind(models.TextChoices):
        WARNING = "warning", "warning"
        REMINDER = "reminder", "reminder"
        UPDATE = "update", "update"
        GONE = "gone", "no longer seen"
        CORRECTION = "correction", "correction"
        DIGEST = "digest", "digest"
        BUNDLE = "bundle", "bundle"
        HAND_OVER = "hand_over", "hand-over"
        ALIVE = "alive", "nothing new"
        BROADCAST = "broadcast", "message to many"
        CONFIRM = "confirm", "code to confirm an address"

    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.WARNING)
    occasion = models.CharField(max_length=80, blank=True)
    about = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="later")
    campaign = models.ForeignKey("triage.Campaign", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    variant = models.CharField(max_length=40, blank=True)
    trial = models.ForeignKey(Trial, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    organisation = models.ForeignKey("constituency.Organisation", on_delete=models.CASCADE, related_name="+")
    number = models.CharField(max_length=12, unique=True)
    code = models.CharField(max_length=8, unique=True)
    subject = models.CharField(max_length=128)
    severity = models.CharField(max_length=12)
    tlp = models.CharField(max_length=15)
    state = models.CharField(max_length=10, choices=State.choices)
    withheld_because = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(db_index=True)
    look_at = models.DateTimeField(null=True, blank=True)  # when it is seen what follows on it; None: nothing any more

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["subject", "id"], name="notice_by_subject"),
            models.Index(fields=["occasion", "id"], condition=~models.Q(occasion=""), name="notice_by_occasion"),
            models.Index(
                fields=["look_at", "id"], condition=models.Q(look_at__isnull=False), name="notice_is_followed"
            ),
            models.Index(fields=["trial", "id"], condition=models.Q(trial__isnull=False), name="notice_is_compared"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "organisation", "kind", "occasion"], name="one_notice_an_organisation"
            ),
            models.UniqueConstraint(
                fields=["organisation", "kind", "occasion"],
                condition=models.Q(campaign__isnull=True),
                name="one_notice_an_occasion",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class NoticeFinding(models.Model):
    """A finding that stands in a notice."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="findings", db_index=False)
    finding = models.ForeignKey("triage.Finding", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "finding"], name="one_finding_once_a_notice")]

    def __str__(self) -> str:
        return f"{self.notice_id}: {self.finding_id}"


class Message(models.Model):
    """A notice rendered for one contact and one channel: a row with a lease until it was handed over.

    The Message-ID is made with the row and used by every attempt. `failures` counts what went wrong for an unexpected
    reason. One that is waiting is handed over by a person (a letter, a call) or fetched by its reader; one that is
    gathering waits for the digest or bundle of its contact, and is gathered when that was made (`told_in`); it was
    handed over when that was. After the retention period address, subject line and body are empty, and of the address
    only a digest of its domain is left, so that the number can still be checked.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "queued"
        LEASED = "leased", "leased"
        HANDED_OVER = "handed_over", "handed over"
        IN_DOUBT = "in_doubt", "in doubt"
        BOUNCED = "bounced", "bounced"
        WITHHELD = "withheld", "withheld"
        EXPIRED = "expired", "expired"
        WAITING = "waiting", "waits for a person or its reader"
        GATHERING = "gathering", "waits for its digest"
        GATHERED = "gathered", "told in another message"

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="messages", db_index=False)
    contact = models.ForeignKey("constituency.Contact", on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=20)
    address = models.CharField(max_length=254)
    language = models.CharField(max_length=5)
    tlp = models.CharField(max_length=15, blank=True)  # of what stands in it; "": that of its notice
    template = models.CharField(max_length=80)
    subject_line = models.CharField(max_length=200)
    body = models.TextField()
    message_id = models.CharField(max_length=120)
    state = models.CharField(max_length=12, choices=State.choices, default=State.QUEUED)
    urgency = models.PositiveSmallIntegerField(default=2)
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    attempt = models.PositiveIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    because = models.CharField(max_length=300, blank=True)
    handed_over_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    domain_digest = models.CharField(max_length=64, blank=True)
    told_in = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="gathered")
    rerouted = models.BooleanField(
        default=False
    )  # of one that reached nobody: the next way was taken, or there is none

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            # What a worker looks for. Only rows in that state are in the index, so it stays small.
            models.Index(
                fields=["urgency", "not_before", "id"], condition=models.Q(state="queued"), name="message_is_queued"
            ),
            models.Index(fields=["lease_until"], condition=models.Q(state="leased"), name="message_is_leased"),
            models.Index(fields=["id"], condition=models.Q(state="bounced", rerouted=False), name="message_came_back"),
            models.Index(
                fields=["id"],
                condition=models.Q(state="withheld", because="contact_unusable", rerouted=False),
                name="message_went_to_nobody",
            ),
            models.Index(
                fields=["channel", "not_before"], condition=models.Q(state="waiting"), name="message_waits_for_people"
            ),
            models.Index(
                fields=["not_before", "contact"], condition=models.Q(state="gathering"), name="message_is_gathering"
            ),
            models.Index(
                fields=["told_in"],
                condition=models.Q(state="gathered", handed_over_at__isnull=True),
                name="message_is_to_be_told",
            ),
            # What the desk counts and looks for; a message that goes the usual way is never in it.
            models.Index(
                fields=["state", "id"],
                condition=~models.Q(state__in=USUAL),
                name="message_is_unusual",
            ),
            models.Index(fields=["created_at"]),
            models.Index(fields=["address"], condition=~models.Q(address=""), name="message_by_address"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["notice", "contact", "channel"], name="one_message_a_contact"),
            models.UniqueConstraint(fields=["message_id"], name="one_message_a_message_id"),
        ]

    def __str__(self) -> str:
        return self.message_id

    @property
    def label(self) -> str:
        """The TLP of what stands in it: who is told a part of a notice may be told what the whole forbids."""
        return self.tlp or self.notice.tlp


class MessageFile(models.Model):
    """What goes with a message beside its text: the lists of a bundle, the PDF of a letter. Goes after retention."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="files", db_index=False)
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=80)
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "name"], name="one_file_a_name")]

    def __str__(self) -> str:
        return self.name


class Attempt(models.Model):
    """One try to hand a message over, and how it ended. The one that is going on is the message's lease, not a row.

    An attempt that a worker did not finish has no `finished_at`.
    """

    class Outcome(models.TextChoices):
        HANDED_OVER = "handed_over", "handed over"
        LATER = "later", "not now"
        BOUNCED = "bounced", "refused for good"
        IN_DOUBT = "in_doubt", "in doubt"
        WITHHELD = "withheld", "withheld"
        EXPIRED = "expired", "expired"
        ERROR = "error", "error of our own"

    PERHAPS = (Outcome.HANDED_OVER, Outcome.IN_DOUBT)  # its reader got it, or may have

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attempts", db_index=False)
    number = models.PositiveIntegerField()
    claimed_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    reply = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["message", "number"]
        constraints = [models.UniqueConstraint(fields=["message", "number"], name="one_attempt_a_number")]

    def __str__(self) -> str:
        return f"{self.message_id} #{self.number} {self.outcome}"


class Reply(models.Model):
    """What the recipient says of a notice. The latest counts; the earlier ones stay. What was written goes in the end.

    `whose`: of what is not theirs, whose it is. "Not ours" and "wrong" wait for a person's
    judgement: who, when and why. `judged_assets`: on which assets it holds; empty for all that was told.
    """

    class Answer(models.TextChoices):
        FIXED = "fixed", "fixed"
        PASSED_ON = "passed_on", "passed on"
        NOT_OURS = "not_ours", "not ours"
        WRONG = "wrong", "wrong"
        ACCEPTED = "accepted", "we accept this"

    class Judgement(models.TextChoices):
        FALSE = "false_positive", "a false positive"
        NOT_THEIRS = "not_theirs", "not theirs"
        STANDS = "stands", "the warning stands"

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="replies")
    answer = models.CharField(max_length=12, choices=Answer.choices)
    passed_on_to = models.CharField(max_length=254, blank=True)
    whose = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    at = models.DateTimeField(db_index=True)
    judgement = models.CharField(max_length=20, choices=Judgement.choices, blank=True)
    judged_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    judged_at = models.DateTimeField(null=True, blank=True)
    judged_note = models.CharField(max_length=300, blank=True)
    judged_assets = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name_plural = "replies"
        indexes = [
            models.Index(
                fields=["at"],
                condition=models.Q(answer__in=["not_ours", "wrong"], judgement=""),
                name="reply_wants_judgement",
            ),
            models.Index(fields=["judged_at", "id"], condition=~models.Q(judgement=""), name="reply_is_judged"),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id}: {self.answer}"


class Check(models.Model):
    """Somebody asked whether a number is genuine. Neither who asked nor the domain is kept."""

    at = models.DateTimeField(db_index=True)
    outcome = models.CharField(max_length=15)
    notice = models.ForeignKey(Notice, null=True, on_delete=models.CASCADE, related_name="checks")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.outcome}"


class IncomingMail(models.Model):
    """A mail that came back: a report of a failure, the answer of a machine, or what a person wrote. Kept once.

    Without a message it is about none of ours, or nothing proves that it is; then nothing follows from it. `raw` and
    `text` go after retention.
    """

    class State(models.TextChoices):
        EARLY = "early", "its message is still on its way"
        TO_READ = "to_read", "to be read"
        DONE = "done", "done"

    digest = models.CharField(max_length=64, unique=True)
    received_at = models.DateTimeField(db_index=True)
    kind = models.CharField(max_length=12)
    message = models.ForeignKey(Message, on_delete=models.SET_NULL, null=True, blank=True, related_name="incoming")
    forged = models.BooleanField(default=False)
    status = models.CharField(max_length=12, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    sender = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    raw = models.BinaryField()
    state = models.CharField(max_length=10, choices=State.choices)
    read_by = models.BigIntegerField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-received_at", "-pk"]
        verbose_name_plural = "incoming mails"
        indexes = [models.Index(fields=["state", "received_at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.digest[:8]}"
