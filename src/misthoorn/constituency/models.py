from uuid import uuid4

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Lower, StrIndex, Substr

from misthoorn.constituency.vocabulary import (
    ASSET_KINDS,
    CHANNELS,
    CONTACT_ROLES,
    DIGESTS,
    LANGUAGES,
    LOOKUP_KINDS,
    ORGANISATION_KINDS,
    PRESETS,
    SECTORS,
    SEVERITIES,
    SIZES,
)


def _choices(words: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(word, word) for word in words]


class Organisation(models.Model):
    """A company or body that can be warned. `registered`: it asked to be warned; otherwise it is only known.

    `network_owner`: others use its networks, and it is told what is seen there as one list a day. `partner`: it passes
    general messages on. `oktt`: the organisation with that task (Wbni, art. 3(2)(b)) of which it is a member.
    """

    name = models.CharField(max_length=200)
    register_number = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=30, choices=_choices(ORGANISATION_KINDS), default="unknown")
    sector = models.CharField(max_length=20, choices=_choices(SECTORS))
    size = models.CharField(max_length=10, choices=_choices(SIZES))
    province = models.CharField(max_length=40, blank=True)
    registered = models.BooleanField(default=False)
    network_owner = models.BooleanField(default=False)
    partner = models.BooleanField(default=False)
    oktt = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name", "pk"]
        indexes = [models.Index(fields=["kind"]), models.Index(fields=["sector"])]

    def __str__(self) -> str:
        return self.name


class Asset(models.Model):
    """Something an organisation has, in canonical form (matching.assets). Valid from, up to and not including, to."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="assets")
    kind = models.CharField(max_length=10, choices=_choices(ASSET_KINDS))
    value = models.CharField(max_length=512)
    version = models.CharField(max_length=120, blank=True)
    label = models.CharField(max_length=120, blank=True)
    valid_from = models.DateTimeField(null=True, blank=True)
    valid_to = models.DateTimeField(null=True, blank=True)
    provenance = models.CharField(max_length=60)
    proof = models.PositiveSmallIntegerField(default=0)
    changed_at = models.DateTimeField()
    revision = models.BigIntegerField(default=0, db_index=True)  # of its last change (KeyRevision)

    class Meta:
        ordering = ["kind", "value", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "kind", "value", "label"], name="one_asset_each"),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_from__lt=F("valid_to")),
                name="asset_valid_from_before_to",
            ),
        ]
        indexes = [
            models.Index(fields=["valid_from"], condition=Q(valid_from__isnull=False), name="asset_begins"),
            models.Index(fields=["valid_to"], condition=Q(valid_to__isnull=False), name="asset_ends"),
        ]

    def __str__(self) -> str:
        return f"{self.value} {self.version}".strip()


class AssetKey(models.Model):
    """What the join reads of an asset. Written in the same transaction as the asset itself, never by hand."""

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="keys")
    space = models.CharField(max_length=8)
    key = models.BinaryField()
    lo = models.BinaryField()
    hi = models.BinaryField()
    edition = models.TextField(blank=True)
    specificity = models.IntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["space", "key"])]

    def __str__(self) -> str:
        return f"{self.space} {bytes(self.key).hex()}"


class KeyRevision(models.Model):
    """The number of a transaction that changed assets, in the order in which they were committed (key_rows).

    The token tells it from the same number in a database that was restored from a backup.
    """

    token = models.UUIDField(default=uuid4)

    def __str__(self) -> str:
        return str(self.pk)


class Mandate(models.Model):
    """Lets one organisation (an IT provider) act for another. Without rows in `assets`, for all that the client has.

    Kept when it ends: what was told under it stays explained.
    """

    client = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="mandates_given")
    provider = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="mandates_held")
    may_receive = models.BooleanField(default=True)
    may_reply = models.BooleanField(default=False)
    may_manage = models.BooleanField(default=False)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True)
    granted_by = models.CharField(max_length=200)
    recorded_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.CharField(max_length=200, blank=True)
    assets = models.ManyToManyField(Asset, related_name="+", blank=True)
    # Assets may go; a mandate for some of them does not become one for all by that.
    for_all = models.BooleanField(default=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(client=F("provider")), name="nobody_is_mandated_by_themselves"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__lt=F("valid_to")), name="mandate_from_before_to"
            ),
            models.CheckConstraint(condition=~Q(granted_by=""), name="a_mandate_says_who_gave_it"),
            models.UniqueConstraint(
                fields=["client", "provider"], condition=Q(revoked_at__isnull=True), name="one_mandate_a_provider"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider_id} for {self.client_id}"


class Contact(models.Model):
    """How to reach an organisation. An address that bounced hard is kept, and not used again.

    `place`: the network or domain that it answers for, "" for all of the organisation; `evidence`: where it was found,
    `seen_at` when that was last; `valid_to`: it is not used after that. `failures`: messages in a row that came back
    for a passing reason.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="contacts")
    role = models.CharField(max_length=20, choices=_choices(CONTACT_ROLES))
    channel = models.CharField(max_length=20, choices=_choices(CHANNELS), default="mail")
    address = models.CharField(max_length=254)
    language = models.CharField(max_length=5, choices=_choices(LANGUAGES), default="nl")
    provenance = models.CharField(max_length=60)
    confidence = models.PositiveSmallIntegerField(default=50)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    bounced_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    place = models.CharField(max_length=260, blank=True)
    evidence = models.CharField(max_length=300, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    valid_to = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    bounces = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(max_length=120, blank=True)
    mandate = models.ForeignKey(Mandate, on_delete=models.RESTRICT, null=True, blank=True, related_name="contacts")
    # Of an address that has a domain; what was told to any of its addresses is found by it.
    mail_domain = models.GeneratedField(
        expression=Lower(Substr("address", StrIndex("address", Value("@")) + 1)),
        output_field=models.CharField(max_length=254),
        db_persist=True,
        db_index=True,
    )

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["address"])]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "channel", "address", "role", "place"],
                condition=Q(mandate__isnull=True),
                name="one_contact_each",
            ),
            models.UniqueConstraint(
                fields=["mandate", "channel", "address"],
                condition=Q(mandate__isnull=False),
                name="one_contact_a_mandate",
            ),
        ]

    def __str__(self) -> str:
        return self.address


class Preference(models.Model):
    """How much a contact wants to be told, and when. What is urgent, exploited or compromised comes at once anyhow.

    Without a row: at once. Hours are Europe/Amsterdam; `weekday` 0 is Monday; quiet hours may go over midnight.
    `floor`: the least severe that is told. `alive_every`: days after which "nothing new" is told, 0 for never.
    `compared`: its organisation takes part in comparisons of texts.
    """

    contact = models.OneToOneField(Contact, on_delete=models.CASCADE, related_name="preference")
    preset = models.CharField(max_length=10, choices=_choices(PRESETS), default="at_once")
    digest = models.CharField(max_length=5, choices=_choices(DIGESTS), default="day")
    weekday = models.PositiveSmallIntegerField(default=1)
    hour = models.PositiveSmallIntegerField(default=8)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_to = models.TimeField(null=True, blank=True)
    floor = models.CharField(max_length=12, choices=_choices(SEVERITIES), default="information")
    reminders = models.BooleanField(default=True)
    good_news = models.BooleanField(default=True)
    alive_every = models.PositiveSmallIntegerField(default=0)
    compared = models.BooleanField(default=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lt=7) & Q(hour__lt=24), name="a_digest_has_a_time"),
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_to__isnull=True)
                | Q(quiet_from__isnull=False, quiet_to__isnull=False),
                name="quiet_hours_have_two_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact_id}: {self.preset}"


class Membership(models.Model):
    """A person who may read and answer in the name of an organisation, on the portal."""

    person = models.ForeignKey("accounts.Person", on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="members")
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "organisation"], name="one_membership_each")]

    def __str__(self) -> str:
        return f"{self.person_id} of {self.organisation_id}"


class Claim(models.Model):
    """Somebody who was warned says that the system is theirs and wants to register. A person at the desk decides.

    `contact` is not told anything before that, but for the code with which the address is confirmed.
    """

    class State(models.TextChoices):
        OPEN = "open", "open"
        ACCEPTED = "accepted", "accepted"
        REFUSED = "refused", "refused"

    notice_number = models.CharField(max_length=12)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="claims")
    name = models.CharField(max_length=200)
    register_number = models.CharField(max_length=40)
    person_name = models.CharField(max_length=120)
    address = models.CharField(max_length=254)
    language = models.CharField(max_length=5, choices=_choices(LANGUAGES), default="nl")
    at = models.DateTimeField()
    contact = models.ForeignKey(Contact, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    decided_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["notice_number", "address"], condition=Q(state="open"), name="one_open_claim_each"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Refusal(models.Model):
    """A subject that an organisation wants no more messages about."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="refusals")
    subject = models.CharField(max_length=128)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "subject"], name="one_refusal_each")]

    def __str__(self) -> str:
        return self.subject


class ProductChoice(models.Model):
    """What a product in words means, as a person decided: to one organisation, or without one to everybody.

    `text`: the words as matching.choices has them; `value`: a CPE name or package URL in canonical form.
    """

    text = models.CharField(max_length=200)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, null=True, blank=True, related_name="product_choices"
    )
    value = models.CharField(max_length=1024)
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["text", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["text", "organisation"], name="one_choice_each"),
            models.UniqueConstraint(
                fields=["text"], condition=Q(organisation__isnull=True), name="one_choice_for_everybody"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.text}: {self.value}"


class Lookup(models.Model):
    """A question to a public register, asked again when its answer has grown old: a row with a lease.

    Each kind has states of its own to wait and be leased in, `queued_KIND` and `leased_KIND`, so that a kind whose
    turn it is not holds up no other. `outcome`: a word of lookups.outcomes; `problem`: the sentence beside it.
    """

    kind = models.CharField(max_length=20, choices=_choices(LOOKUP_KINDS))
    value = models.CharField(max_length=260)
    state = models.CharField(max_length=30)
    not_before = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    attempt = models.PositiveIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=30, blank=True)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["kind", "value"]
        indexes = [models.Index(fields=["state", "not_before", "id"], name="lookup_is_due")]
        constraints = [models.UniqueConstraint(fields=["kind", "value"], name="one_lookup_each")]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class LookupPace(models.Model):
    """When a kind of question may be asked next, by any worker, and how many were asked on this day (UTC)."""

    kind = models.CharField(max_length=20, unique=True)
    next_at = models.DateTimeField()
    day = models.DateField()
    spent = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.kind}: {self.spent} on {self.day}"


class Mistake(models.Model):
    """What a member says is wrong with what we watch for an organisation. A person at the desk looks at it.

    `about`: the asset as it read then, "" for all of it.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    about = models.CharField(max_length=300, blank=True)
    text = models.TextField()
    said_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    done_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["at"], condition=Q(done_at__isnull=True), name="mistake_waits")]

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.about}"
