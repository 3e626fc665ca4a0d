from django.db import models
from django.db.models import Q

from misthoorn.common.tlp import UNMARKED, Tlp


class Source(models.Model):
    """Where items come from. `coverage` says what its silence proves (intake.coverage); empty: nothing.

    `transport` is how they come (intake.sources), from `address`, when `schedule` says so (intake.schedule); `cursor`
    is where the last fetch ended. `options` are those of the transport and of the format; keys and passwords lie in
    files of their own (intake.secrets). `push_key` is the digest of the key with which it delivers by itself.
    """

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    format = models.CharField(max_length=40)
    tlp = models.CharField(max_length=15, choices=[(label, label) for label in Tlp], default=UNMARKED)
    terms = models.CharField(max_length=200, blank=True)
    coverage = models.JSONField(default=dict, blank=True)
    absences_to_close = models.PositiveSmallIntegerField(default=2)
    paused = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    transport = models.CharField(max_length=20, blank=True)  # empty: it is brought (upload, drop folder, push)
    address = models.CharField(max_length=500, blank=True)
    options = models.JSONField(default=dict, blank=True)
    schedule = models.CharField(max_length=60, blank=True)
    next_run = models.DateTimeField(null=True, blank=True, db_index=True)
    cursor = models.JSONField(default=dict, blank=True)
    push_key = models.CharField(max_length=64, blank=True, db_index=True)
    silent_after = models.PositiveIntegerField(null=True, blank=True)  # hours without a delivery
    retention_days = models.PositiveIntegerField(null=True, blank=True)  # empty: as the settings say
    origin = models.CharField(max_length=300, blank=True)  # from whom, and how it was obtained

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.name


class Batch(models.Model):
    """One delivery of a source. Rows in = accepted + refused + duplicate, held by the database itself."""

    class State(models.TextChoices):
        RECEIVED = "received", "received"
        LEASED = "leased", "leased"
        ACCEPTED = "accepted", "accepted"
        REFUSED = "refused", "refused"
        HELD = "held", "held"
        SET_ASIDE = "set_aside", "set aside"

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="batches")
    digest = models.CharField(max_length=64)
    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    received_at = models.DateTimeField(db_index=True)
    received_path = models.CharField(max_length=400)
    events_path = models.CharField(max_length=400, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RECEIVED)
    rows_in = models.PositiveBigIntegerField(default=0)
    rows_accepted = models.PositiveBigIntegerField(default=0)
    rows_refused = models.PositiveBigIntegerField(default=0)
    rows_duplicate = models.PositiveBigIntegerField(default=0)
    problem = models.TextField(blank=True)
    delivered_again = models.PositiveIntegerField(default=0)
    not_before = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    attempt = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)
    tlp = models.CharField(max_length=15, blank=True)  # empty: as the source's
    origin = models.CharField(max_length=300, blank=True)  # of this list: from whom, and how it was obtained
    lawful = models.BooleanField(null=True)  # what the person who brought it said; None: nobody was asked
    mapping = models.JSONField(default=dict, blank=True)  # of an analyst's list: which column means what
    brought_by = models.BigIntegerField(null=True)  # the person; None: a transport
    held_because = models.CharField(max_length=200, blank=True)
    read_again = models.PositiveIntegerField(default=0)
    unproven = models.CharField(max_length=20, blank=True)  # why it is not shown to be its maker's (intake.unproven)

    class Meta:
        ordering = ["-received_at", "-pk"]
        indexes = [models.Index(fields=["state", "not_before"])]
        constraints = [
            models.UniqueConstraint(fields=["source", "digest"], name="a_delivery_counts_once"),
            models.CheckConstraint(
                condition=Q(rows_in=models.F("rows_accepted") + models.F("rows_refused") + models.F("rows_duplicate")),
                name="every_row_is_accounted_for",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id}/{self.name}"


class Fetch(models.Model):
    """One time that a source is asked for what is new: due at its tick, once however many workers there are."""

    class State(models.TextChoices):
        DUE = "due", "due"
        LEASED = "leased", "leased"
        DONE = "done", "done"
        FAILED = "failed", "failed"
        SET_ASIDE = "set_aside", "set aside"

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="fetches")
    tick = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DUE)
    not_before = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    attempt = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    deliveries = models.PositiveIntegerField(default=0)
    new_deliveries = models.PositiveIntegerField(default=0)
    bytes_read = models.PositiveBigIntegerField(default=0)
    problem = models.TextField(blank=True)

    class Meta:
        ordering = ["-tick", "-pk"]
        verbose_name_plural = "fetches"
        indexes = [models.Index(fields=["state", "not_before"])]
        constraints = [models.UniqueConstraint(fields=["source", "tick"], name="a_tick_fires_once")]

    def __str__(self) -> str:
        return f"{self.source_id} at {self.tick}"


class SourceTrial(models.Model):
    """That a person tries a source: it is asked for a little, nothing is taken in, and what came is shown for a day.

    `found`: what would be read, and what would be refused (intake.trying). One a source; a new one takes its place.
    """

    class State(models.TextChoices):
        DUE = "due", "due"
        LEASED = "leased", "leased"
        DONE = "done", "done"
        FAILED = "failed", "failed"
        SET_ASIDE = "set_aside", "set aside"

    source = models.OneToOneField(Source, on_delete=models.CASCADE, related_name="trial")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DUE)
    not_before = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    attempt = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True, db_index=True)
    found = models.JSONField(default=dict, blank=True)
    problem = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.source_id} tried at {self.asked_at}"


class Alarm(models.Model):
    """Something about a source that a person should look at, from when it began until it was over."""

    class Kind(models.TextChoices):
        SILENT = "silent", "silent"
        FAILING = "failing", "failing"
        FEWER = "fewer", "far fewer rows"
        MORE = "more", "far more rows"

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="alarms")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-since", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "kind"], condition=Q(until__isnull=True), name="one_open_alarm_of_a_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.kind}"


class RefusedRow(models.Model):
    """An input row that could not be accepted, as received."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="refused_rows")
    line = models.PositiveBigIntegerField()
    row = models.PositiveBigIntegerField()
    code = models.CharField(max_length=40)
    reason = models.TextField()
    raw = models.BinaryField()

    class Meta:
        ordering = ["batch", "line", "pk"]
        indexes = [models.Index(fields=["batch", "code"])]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.line} {self.code}"


class Advisory(models.Model):
    """Knowledge about one vulnerability: what its sources say of it, put together (intake.advisories)."""

    identifier = models.CharField(max_length=128, unique=True)
    title = models.CharField(max_length=300)
    description = models.TextField(blank=True)
    published_at = models.DateTimeField(null=True)
    modified_at = models.DateTimeField(null=True)
    withdrawn = models.BooleanField(default=False)
    severity = models.CharField(max_length=12)
    score = models.FloatField(null=True)
    vector = models.CharField(max_length=200, blank=True)
    exploited_since = models.DateField(null=True)
    exploited_source = models.CharField(max_length=60, blank=True)
    tlp = models.CharField(max_length=15, choices=[(label, label) for label in Tlp], default=UNMARKED)
    not_understood = models.JSONField(default=dict)
    judgements = models.JSONField(default=list)  # every severity that a source gives, side by side
    priority_because = models.JSONField(default=list)  # codes of the rules that made `severity` what it is
    epss = models.FloatField(null=True)
    epss_on = models.DateField(null=True)
    superseded_by = models.CharField(max_length=128, blank=True)
    changed_at = models.DateTimeField(db_index=True)
    changed_in = models.BigIntegerField(default=0, db_index=True)  # the batch through which it was last put together
    revision = models.PositiveIntegerField(default=0)  # how often it was put together
    renamed = models.BooleanField(default=False)  # what its products are called changed since its keys were made

    class Meta:
        ordering = ["-published_at", "identifier"]
        indexes = [models.Index(fields=["id"], condition=models.Q(renamed=True), name="advisories_renamed")]
        verbose_name_plural = "advisories"

    def __str__(self) -> str:
        return self.identifier


class AdvisoryAlias(models.Model):
    """Another number of the same advisory (CVE, GHSA, NCSC, of a vendor), from what its statements say."""

    alias = models.CharField(max_length=128, unique=True)
    advisory = models.ForeignKey(Advisory, on_delete=models.CASCADE, related_name="aliases")

    class Meta:
        verbose_name_plural = "advisory aliases"

    def __str__(self) -> str:
        return self.alias


class AdvisoryStatement(models.Model):
    """What one source says of an advisory in one document, as the latest one says it.

    `number` is what the source calls the advisory there. `document` is the source's own number of the document, ""
    where a record is about one advisory; `batch` is the first one that said so.
    """

    advisory = models.ForeignKey(Advisory, on_delete=models.CASCADE, related_name="statements")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=128)
    document = models.CharField(max_length=128, blank=True)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="+")
    latest = models.BigIntegerField()  # the last batch that said the same
    content = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number", "source", "document"], name="one_statement_a_document")
        ]
        indexes = [models.Index(fields=["source", "document"])]

    def __str__(self) -> str:
        return f"{self.source_id}: {self.advisory_id}"


class AdvisoryLink(models.Model):
    """A number that a statement mentions and that is no CVE number, beside the only CVE number in it ("" for none).

    From all of these follows which numbers are one advisory (intake.aliases).
    """

    statement = models.ForeignKey(AdvisoryStatement, on_delete=models.CASCADE, related_name="links")
    number = models.CharField(max_length=128, db_index=True)
    cve = models.CharField(max_length=32, blank=True, db_index=True)

    def __str__(self) -> str:
        return f"{self.number} {self.cve}"


class AdvisoryScore(models.Model):
    """How likely it is that a vulnerability is exploited soon (EPSS), by its number, whether or not it is known."""

    number = models.CharField(max_length=128, primary_key=True)
    score = models.FloatField()
    vector = models.CharField(max_length=100, blank=True)
    day = models.DateField()

    def __str__(self) -> str:
        return f"{self.number} {self.score}"


class AdvisoryChange(models.Model):
    """That an advisory got worse, was withdrawn or came back: a reason to look again at who was told what.

    FIXED: of the product whose key `after` is (`changes.product_of`). `followed`: who was told is looked at again.
    """

    class What(models.TextChoices):
        EXPLOITED = "exploited", "known to be exploited"
        LIKELIER = "likelier", "more likely to be exploited"
        WORSE = "worse", "a higher priority"
        WITHDRAWN = "withdrawn", "withdrawn"
        BACK = "back", "no longer withdrawn"
        FIXED = "fixed", "a version without the hole is known"

    advisory = models.ForeignKey(Advisory, on_delete=models.CASCADE, related_name="changes")
    what = models.CharField(max_length=10, choices=What.choices)
    before = models.CharField(max_length=60, blank=True)
    after = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField(db_index=True)
    batch = models.BigIntegerField(default=0)
    followed = models.BooleanField(default=False)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["id"], condition=models.Q(followed=False), name="change_to_follow")]

    def __str__(self) -> str:
        return f"{self.advisory_id} {self.what}"


class AdvisoryKey(models.Model):
    """What the join reads of an advisory; follows its statements in the same transaction."""

    advisory = models.ForeignKey(Advisory, on_delete=models.CASCADE, related_name="keys")
    space = models.CharField(max_length=16)
    key = models.BinaryField()
    lo = models.BinaryField()
    hi = models.BinaryField()
    certainty = models.CharField(max_length=10)
    statement = models.IntegerField()
    edition = models.TextField(blank=True)
    condition = models.BinaryField(default=b"")
    part = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["space", "key"])]

    def __str__(self) -> str:
        return f"{self.advisory_id} {self.space}"


class AdvisoryMention(models.Model):
    """What an advisory calls a product (matching.dictionary); follows its statements in the same transaction.

    Together these are the product dictionary. `name`: the key under which all spellings of a name meet, as text.
    """

    advisory = models.ForeignKey(Advisory, on_delete=models.CASCADE, related_name="mentions")
    name = models.CharField(max_length=500, blank=True, db_index=True)
    vendor = models.CharField(max_length=200, blank=True)
    product = models.CharField(max_length=200, blank=True)
    cpe = models.TextField(blank=True)
    purl = models.TextField(blank=True)

    class Meta:
        ordering = ["advisory", "pk"]

    def __str__(self) -> str:
        return self.name or self.cpe or self.purl
