"""What is told after a first warning, where a person has to say yes to it."""

from django.db import models


class FurtherNews(models.Model):
    """What became known of a campaign's advisory after its warnings: it is told to those who got one.

    Up to the campaign's reach limit it is told by itself: the yes to the campaign was a yes to telling these people of
    this. Above it, it waits for a person. `occasion` makes it one, however often the same is said.
    """

    class State(models.TextChoices):
        TOLD = "told", "told by itself"
        WAITING = "waiting", "waits for a person"
        APPROVED = "approved", "approved"
        REJECTED = "rejected", "rejected"

    campaign = models.ForeignKey("triage.Campaign", on_delete=models.CASCADE, related_name="news")
    occasion = models.CharField(max_length=80)
    change = models.CharField(max_length=15)
    severity = models.CharField(max_length=12)
    reach = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices)
    at = models.DateTimeField()
    decided_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "further news"
        constraints = [models.UniqueConstraint(fields=["campaign", "occasion"], name="one_news_an_occasion")]

    def __str__(self) -> str:
        return f"{self.campaign_id}: {self.occasion}"
