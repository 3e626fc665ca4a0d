"""What channels keep that work by people or are fetched: letters, calls, keys of feeds."""

from django.db import models


class LetterBatch(models.Model):
    """Letters that are printed and posted together. Posted when a person says so."""

    made_at = models.DateTimeField()
    made_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, null=True, related_name="+")
    posted_at = models.DateTimeField(null=True, blank=True)
    posted_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "letter batches"

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return f"L-{self.pk:05d}"


class Letter(models.Model):
    """A message on paper: in a batch once it is printed; returned when the post brings it back."""

    message = models.OneToOneField("notification.Message", on_delete=models.CASCADE, related_name="letter")
    batch = models.ForeignKey(LetterBatch, on_delete=models.PROTECT, null=True, blank=True, related_name="letters")
    returned_at = models.DateTimeField(null=True, blank=True)
    returned_because = models.CharField(max_length=30, blank=True)

    def __str__(self) -> str:
        return f"letter of message {self.message_id}"


class Call(models.Model):
    """A message to tell by telephone: a task for one person at a time."""

    message = models.OneToOneField("notification.Message", on_delete=models.CASCADE, related_name="call")
    held_by = models.ForeignKey("accounts.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    held_until = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["not_before"], condition=models.Q(done_at=None), name="call_is_open")]

    def __str__(self) -> str:
        return f"call of message {self.message_id}"


class CallOutcome(models.Model):
    """How one try to call ended. The note goes after retention."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="outcomes")
    at = models.DateTimeField()
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=30)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.outcome


class FeedKey(models.Model):
    """Lets the machines of a recipient fetch what its organisation is told. Only a digest of the key is kept."""

    contact = models.ForeignKey("constituency.Contact", on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, null=True, related_name="+")
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"key {self.pk}"
