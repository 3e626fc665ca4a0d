from django.db import models


class Entry(models.Model):
    """One thing that happened to a finding, a notice or a message. Only ever added: `kind` and `key` make it unique.

    Ids and words, and no personal data: it outlives what it is about. `at` is when it happened, `recorded_at` when that
    was written down here. `detail`: the outcome, the answer, the reason.
    """

    kind = models.CharField(max_length=12)
    key = models.CharField(max_length=40)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    organisation = models.BigIntegerField(null=True)
    finding = models.BigIntegerField(null=True)
    notice = models.BigIntegerField(null=True)
    campaign = models.BigIntegerField(null=True)
    source = models.BigIntegerField(null=True)
    subject = models.CharField(max_length=128, blank=True)
    severity = models.CharField(max_length=12, blank=True)
    channel = models.CharField(max_length=20, blank=True)
    detail = models.CharField(max_length=60, blank=True)
    provenance = models.CharField(max_length=60, blank=True)
    batch = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["at", "pk"]
        verbose_name_plural = "entries"
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="one_entry_each")]
        indexes = [
            models.Index(fields=["kind", "at"]),
            models.Index(fields=["finding", "kind"]),
            models.Index(fields=["notice", "kind"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Mark(models.Model):
    """How far the ledger has read a table: the last number, or the last moment, of what it has."""

    what = models.CharField(max_length=30, primary_key=True)
    number = models.BigIntegerField(default=0)
    moment = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.what
