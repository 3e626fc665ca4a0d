from django.contrib.auth.models import AbstractUser
from django.db import models


class Role(models.TextChoices):
    ANALYST = "analyst", "analyst"
    ADMINISTRATOR = "administrator", "administrator"
    RECIPIENT = "recipient", "recipient"
    NONE = "none", "none"


class Person(AbstractUser):
    """Somebody who signs in. What a person may do follows from the role alone; groups and permissions are not used."""

    first_name = None  # type: ignore[assignment]  # a display name is enough
    last_name = None  # type: ignore[assignment]  # the same
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.NONE)

    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @property
    def works_at_desk(self) -> bool:
        return self.is_active and self.role in {Role.ANALYST, Role.ADMINISTRATOR}

    @property
    def is_recipient(self) -> bool:
        """Somebody of an organisation that is warned: sees the portal, and never the desk."""
        return self.is_active and self.role == Role.RECIPIENT


class PasswordCode(models.Model):
    """A code that was mailed to a recipient, to set a password with: once, within some days, the latest alone.

    The code itself stands in the mail. `made_by` None: the person asked for it.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="password_codes")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"code {self.pk} of {self.person_id}"


class AuditEntry(models.Model):
    """One act of one person (or of the service itself). Appended, never changed; the name goes after its retention."""

    at = models.DateTimeField(db_index=True)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=60)
    object = models.CharField(max_length=120)
    detail = models.JSONField(default=dict)

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.object}"
