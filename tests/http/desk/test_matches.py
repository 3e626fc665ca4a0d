"""Why a finding is one, how an asset is watched, whom an advisory concerns, and what nobody is warned about."""

from datetime import timedelta

import cast
import deliveries
import pytest
from django.conf import settings

from misthoorn.constituency.models import Asset, Organisation
from misthoorn.intake.models import Advisory, Batch
from misthoorn.triage import services
from misthoorn.triage.models import Finding, Suppression
from misthoorn.web.desk.findings import assets
from misthoorn.web.desk.organisations import views

pytestmark = pytest.mark.django_db

WHY = (
    "Apache Log4j 2.14.1 valt onder CVE-2021-44228: versies vanaf 2.0 en lager dan 2.15.0, "
    "volgens het CVE-record van 01-01-2022."
)
FORM = {"scope": "asset-subject", "reason": "JNDI is eruit", "until": "2027-01-31"}


def text(response):
    return response.content.decode()


def suppress(client, finding, **changes):
    return client.post(f"/desk/findings/{finding.pk}/suppress/", FORM | changes, follow=True)


class TestFinding:
    def test_says_why_it_is_one_down_to_the_delivery(self, analyst, log4j):
        page = text(analyst.get(f"/desk/findings/{log4j.pk}/"))

        for words in (WHY, "cpe a:apache:log4j", "name apache:log4j", "cves.jsonl", "2.0 ≤ v &lt; 2.15.0", "TLP:GREEN"):
            assert words in page, words
        assert "ingelezen uit een bestand" in page

    def test_says_so_in_english_too(self, analyst, log4j):
        analyst.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

        assert "falls under CVE-2021-44228: versions from 2.0 and before 2.15.0" in text(
            analyst.get(f"/desk/findings/{log4j.pk}/")
        )

    def test_of_an_event_says_where_it_was_seen_and_what_the_gates_said(self, analyst, sent):
        finding = Finding.objects.get(organisation=sent.notice.organisation, subject="open-rdp")

        page = text(analyst.get(f"/desk/findings/{finding.pk}/"))

        assert "192.0.2.7 ligt in 192.0.2.0/28, een netwerk van Bakkerij De Korenaar" in page
        assert "Niet onderdrukt" in page
        assert "routing cbw" in page

    def test_that_is_gone_says_what_keeps_them_apart_since_here_and_in_lists(self, analyst, log4j):
        later = deliveries.cve(below="2.0.1", modified="2023-01-01T00:00:00Z")
        deliveries.deliver(deliveries.records(later), source="cve", name="later.jsonl")
        apart = "2.14.1 valt niet onder CVE-2021-44228: dat gaat over versies vanaf 2.0 en lager dan 2.0.1, volgens"

        assert apart in text(analyst.get(f"/desk/findings/{log4j.pk}/"))
        assert apart in text(analyst.get(f"/desk/assets/{log4j.asset_id}/"))

    def test_that_does_not_exist_is_not_found(self, analyst):
        assert analyst.get("/desk/findings/999/").status_code == 404
        assert analyst.post("/desk/findings/999/suppress/", FORM).status_code == 404
        assert analyst.post("/desk/findings/999/remediation/", {"state": "done"}).status_code == 404


class TestSuppression:
    def test_is_made_from_a_finding_shown_there_and_in_the_list_and_ended(self, analyst, log4j):
        page = text(suppress(analyst, log4j))
        one = Suppression.objects.get()
        assert f"{one.reference}: over 1 bevinding krijgt niemand bericht." in page
        assert f"Onderdrukt door {one.reference} tot en met 31-01-2027" in page
        assert "JNDI is eruit" in page

        listed = text(analyst.get("/desk/suppressions/"))
        for words in (one.reference, "JNDI is eruit", cast.BAKERY.name, "CVE-2021-44228", "Aisha Demir"):
            assert words in listed, words
        assert "Onderdrukt" in text(analyst.get(f"/desk/organisations/{log4j.organisation_id}/"))

        end = f"/desk/suppressions/{one.pk}/end/"
        assert f"{one.reference} is voorbij" in text(analyst.post(end, follow=True))
        assert one.reference in text(analyst.get("/desk/suppressions/?state=over"))
        assert "Onderdrukt door" not in text(analyst.get(f"/desk/findings/{log4j.pk}/"))
        assert "al voorbij" in text(analyst.post(end, follow=True))

    @pytest.mark.parametrize(
        ("scope", "kept"),
        [
            ("asset-subject", ("asset", "subject")),
            ("asset", ("asset",)),
            ("organisation-subject", ("subject",)),
            ("version-subject", ("product", "versions", "subject")),
            ("product-subject", ("product", "subject")),
        ],
    )
    def test_is_as_wide_as_was_chosen(self, analyst, log4j, scope, kept):
        suppress(analyst, log4j, scope=scope)

        one = Suppression.objects.get()
        filled = [name for name in ("asset", "product", "versions", "subject") if getattr(one, name)]
        assert filled == list(kept)
        assert bool(one.organisation) is (scope in {"asset-subject", "asset", "organisation-subject"})

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"scope": ""}, "Kies waarover wij niet meer waarschuwen."),
            ({"scope": "everything"}, "1 ding klopt nog niet"),
            ({"reason": " "}, "Schrijf op w"),
            ({"until": ""}, "Kies de laatste dag"),
            ({"until": "soon"}, "Dit is geen dag."),
            ({"until": "2026-11-22"}, "Kies een dag na vandaag"),
            ({"until": "2099-01-01"}, "Kies een dag na vandaag"),
        ],
    )
    def test_that_says_too_little_is_not_made_and_nothing_typed_is_lost(self, analyst, log4j, changes, words):
        response = suppress(analyst, log4j, **changes)

        assert response.status_code == 400
        assert words in text(response)
        if "reason" not in changes:
            assert FORM["reason"] in text(response)
        assert not Suppression.objects.exists()

    def test_of_an_event_can_not_name_a_product(self, analyst, campaign):
        finding = campaign.findings.first()

        assert "version-subject" not in text(analyst.get(f"/desk/findings/{finding.pk}/"))
        assert suppress(analyst, finding, scope="product-subject").status_code == 400


class TestRemediation:
    def test_is_noted_with_who_and_when_and_closes_nothing(self, analyst, log4j):
        page = text(analyst.post(f"/desk/findings/{log4j.pk}/remediation/", {"state": "in_progress"}, follow=True))

        assert "Genoteerd bij 1 bevinding." in page
        assert "Wordt verholpen, Aisha Demir" in page
        log4j.refresh_from_db()
        assert (log4j.remediation, log4j.state) == ("in_progress", "open")

    def test_is_noted_for_all_at_once_as_the_page_is_narrowed(self, analyst, log4j):
        organisation = cast.organisation(cast.BROKER)
        deliveries.own_products(cast.BROKER, "Apache Log4j")
        advisory = Advisory.objects.get().pk

        analyst.post(f"/desk/advisories/{advisory}/remediation/", {"state": "done", "certainty": "likely"})
        assert set(Finding.objects.filter(remediation="done").values_list("organisation", flat=True)) == {organisation}
        analyst.post(f"/desk/advisories/{advisory}/remediation/", {"state": "done"})
        assert Finding.objects.filter(remediation="done").count() == 2
        analyst.post(f"/desk/assets/{log4j.asset_id}/remediation/", {"state": "none"})
        assert Finding.objects.filter(remediation="done").count() == 1

    @pytest.mark.parametrize("state", ["", "fixed"])
    def test_that_does_not_exist_changes_nothing(self, analyst, log4j, state):
        page = text(analyst.post(f"/desk/findings/{log4j.pk}/remediation/", {"state": state}, follow=True))

        assert "Er is niets veranderd" in page


class TestAsset:
    def test_says_as_what_by_whom_and_since_when_it_is_watched_and_what_was_found(self, analyst, log4j):
        page = text(analyst.get(f"/desk/assets/{log4j.asset_id}/"))

        for words in (
            "Wij letten op",
            "a:apache:log4j",
            "versies vergeleken als bij gewone nummers",
            "Cve",
            "24-11-2026",
            WHY,
        ):
            assert words in page, words

    def test_that_no_advisory_names_is_watched_all_the_same(self, analyst, log4j):  # noqa: ARG002  the source
        deliveries.own_products(cast.BAKERY, "pkg:npm/left-pad")
        asset = Asset.objects.get(value="pkg:npm/left-pad")

        for page in (f"/desk/assets/{asset.pk}/", f"/desk/organisations/{asset.organisation_id}/"):
            shown = text(analyst.get(page))
            assert "Geen advies noemt het nog. Wij letten er evengoed op." in shown
            assert "nog niets gevonden" in shown

    @pytest.mark.parametrize(("certainty", "there"), [("exact", True), ("likely", False), ("nonsense", True)])
    def test_is_narrowed_by_certainty(self, analyst, log4j, certainty, there):
        page = text(analyst.get(f"/desk/assets/{log4j.asset_id}/?certainty={certainty}"))

        assert (WHY in page) is there

    def test_shows_what_matches_the_same_product_elsewhere(self, analyst, log4j):
        cast.organisation(cast.BROKER)
        deliveries.own_products(cast.BROKER, "cpe:2.3:a:apache:log4j:2.13.0")

        page = text(analyst.get(f"/desk/assets/{log4j.asset_id}/product/"))

        assert cast.BAKERY.name in page
        assert "2.13.0" in page

    def test_with_more_findings_than_a_page_shows_says_so(self, analyst, log4j, monkeypatch):
        for number, owner in enumerate((cast.BROKER, cast.CLUB)):
            cast.organisation(owner)
            deliveries.own_products(owner, f"cpe:2.3:a:apache:log4j:2.13.{number}")

        address = f"/desk/assets/{log4j.asset_id}/product/"
        assert "3 bevindingen" in text(analyst.get(address))
        monkeypatch.setattr(assets, "SHOWN", 2)
        assert "De eerste 2 bevindingen" in text(analyst.get(address))

    def test_that_is_suppressed_is_said_to_be_so_wherever_its_finding_stands(self, analyst, log4j):
        advisory = Advisory.objects.get(identifier=log4j.subject).pk
        pages = [f"/desk/assets/{log4j.asset_id}/{more}" for more in ("", "product/")]
        pages.append(f"/desk/advisories/{advisory}/")
        assert not any("Onderdrukt" in text(analyst.get(page)) for page in pages)

        suppress(analyst, log4j)

        assert all("Onderdrukt" in text(analyst.get(page)) for page in pages)

    def test_with_nothing_open_says_in_dutch_why_and_offers_nothing_to_mark(self, analyst, log4j):
        offer = "Geef alles wat hier open is in één keer aan."
        assert offer in text(analyst.get(f"/desk/assets/{log4j.asset_id}/"))

        changed = deliveries.cve(below="2.0.1", modified="2023-01-01T00:00:00Z")
        deliveries.deliver(deliveries.records(changed), source="cve", at=cast.NOW + timedelta(days=1))

        assert offer not in text(analyst.get(f"/desk/assets/{log4j.asset_id}/"))
        closed = text(analyst.get(f"/desk/findings/{log4j.pk}/"))
        assert "de versie van het product of het advies is veranderd" in closed

    def test_that_does_not_exist_is_not_found(self, analyst):
        for page in ("/desk/assets/999/", "/desk/assets/999/product/"):
            assert analyst.get(page).status_code == 404
        assert analyst.post("/desk/assets/999/remediation/", {"state": "done"}).status_code == 404


class TestAdvisory:
    def test_shows_whom_it_concerns_how_surely_and_what_is_done(self, analyst, log4j):
        by = cast.person(cast.COLLEAGUE)
        services.mark_remediation(findings=[log4j.pk], state="done", person=by, now=cast.NOW)

        page = text(analyst.get(f"/desk/advisories/{Advisory.objects.get().pk}/"))

        for words in (cast.BAKERY.name, "cpe:2.3:a:apache:log4j", "2.14.1", "Zeker", "Verholpen", "Bram de Wit"):
            assert words in page, words
        assert "Niets geraakt" in text(analyst.get(f"/desk/advisories/{Advisory.objects.get().pk}/?certainty=likely"))

    def test_says_why_it_is_as_urgent_as_it_is_and_what_changed(self, analyst, log4j):  # noqa: ARG002  the advisory
        deliveries.source("kev", form="kev", tlp="CLEAR")
        deliveries.deliver(deliveries.exploited("CVE-2021-44228"), source="kev")

        page = text(analyst.get(f"/desk/advisories/{Advisory.objects.get().pk}/"))

        for words in ("Waarom deze prioriteit", "bekend misbruik sinds 2021-12-10, CISA KEV", "Wat er veranderde"):
            assert words in page, words

    def test_pages_further_than_there_are_assets_are_empty(self, analyst, log4j):  # noqa: ARG002  the advisory
        pk = Advisory.objects.get().pk

        for page in ("2", "0", "-1", "x", "9" * 40):
            assert analyst.get(f"/desk/advisories/{pk}/?page={page}").status_code == 200

    def test_is_in_the_list_when_it_matches_something(self, analyst, log4j):  # noqa: ARG002  the advisory
        assert "CVE-2021-44228" in text(analyst.get("/desk/advisories/"))

        later = cast.NOW + timedelta(days=1)
        changed = deliveries.cve(below="2.0.1", modified="2023-01-01T00:00:00Z")
        deliveries.deliver(deliveries.records(changed), source="cve", at=later)
        assert "Geen advies raakt iets" in text(analyst.get("/desk/advisories/"))

    def test_that_does_not_exist_is_not_found(self, analyst):
        assert analyst.get("/desk/advisories/999/").status_code == 404
        assert analyst.post("/desk/advisories/999/remediation/", {"state": "done"}).status_code == 404


def test_where_something_is_known_from_is_said_in_the_language_of_the_page(analyst, log4j):
    Asset.objects.update(provenance="registered")

    page = text(analyst.get(f"/desk/organisations/{log4j.organisation_id}/"))

    assert "opgegeven door de organisatie zelf" in page
    assert ">registered<" not in page
    assert Organisation.objects.count() == 1


def test_an_organisation_counts_all_its_findings_also_those_that_the_page_leaves_out(analyst, log4j, monkeypatch):
    deliveries.own_products(cast.BAKERY, "cpe:2.3:a:apache:log4j:*:*:*:*:*:windows", "Apache Log4j 2.13.1")
    monkeypatch.setattr(views, "FEW", 2)

    page = text(analyst.get(f"/desk/organisations/{log4j.organisation_id}/"))

    assert "De eerste 2 bevindingen" in page
    assert 'Bevindingen <span class="mh-tabs__tel">3</span>' in page


def test_sources_and_deliveries_name_the_format_in_words(analyst, log4j):  # noqa: ARG001  the source
    batch = Batch.objects.get().pk

    assert "CVE-records" in text(analyst.get("/desk/sources/"))
    assert "CVE-records" in text(analyst.get(f"/desk/sources/batches/{batch}/"))


def test_an_organisation_shows_why_of_each_finding(analyst, log4j):
    assert WHY in text(analyst.get(f"/desk/organisations/{log4j.organisation_id}/"))
