"""The desk's pages on sources: added from the catalogue, run, paused, scheduled; keys that are never shown."""

import io
import zipfile
from datetime import timedelta

import cast
import pytest
from deliveries import deliver, events, keep, read, seen, source

from misthoorn.accounts.models import AuditEntry
from misthoorn.intake.models import Alarm, Batch, Fetch, Source, SourceTrial
from misthoorn.intake.preview import FirstRows
from misthoorn.intake.services import Brought, receive
from misthoorn.intake.services.sources_health import raise_alarm
from misthoorn.intake.sources import secrets

pytestmark = pytest.mark.django_db
KEY = "hush-hush-5531"


OWN = {"name": "Een maker", "slug": "maker", "format": "csaf", "transport": "csaf", "tlp": "GREEN"}


@pytest.fixture
def administrator(client):
    cast.sign_in(client, cast.ADMINISTRATOR)
    return client


def page(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def fetched(slug="nvd"):
    """A source that is fetched, as the administrator would add it."""
    source(slug)
    Source.objects.filter(slug=slug).update(transport="http", address="https://feed.example/x", schedule="every 1h")
    return f"/desk/sources/one/{slug}/"


def test_the_catalogue_shows_what_is_ready_to_use_and_what_is_there(administrator):
    assert "misp-circl" in page(administrator, "/desk/sources/new/")
    administrator.post("/desk/sources/new/kev/", {"schedule": "every 1h", "tlp": "CLEAR", "terms": "on"})

    shown = page(administrator, "/desk/sources/new/")
    assert shown.count("is er al") == 1


def test_a_source_of_the_catalogue_is_added_with_its_key_which_is_shown_nowhere(administrator, home):
    form = {"key": KEY, "schedule": "every 2h", "tlp": "CLEAR", "terms": "on"}
    response = administrator.post("/desk/sources/new/nvd/", form, follow=True)
    one = Source.objects.get()

    assert response.redirect_chain[-1][0] == "/desk/sources/one/nvd/"
    assert (one.transport, one.format, one.schedule, one.tlp) == ("nvd", "nvd2", "every 2h", "CLEAR")
    assert one.options == {"pause": 6}
    assert secrets.read(home, "nvd").key == KEY
    assert KEY not in response.content.decode()
    assert KEY not in str(list(AuditEntry.objects.values()))
    assert AuditEntry.objects.get(action="source added").person_id is not None


@pytest.mark.parametrize(
    ("entry", "form", "sentence"),
    [
        ("nvd", {"schedule": "every 2h", "tlp": "CLEAR"}, "Lees de voorwaarden"),
        ("nvd", {"schedule": "often", "tlp": "CLEAR", "terms": "on"}, "Dit is geen schema"),
        ("shadowserver", {"schedule": "daily 10:00", "tlp": "AMBER", "terms": "on", "user": "x"}, "Vul de sleutel in"),
        (
            "osv",
            {"schedule": "every 6h", "tlp": "CLEAR", "terms": "on", "fill_ecosystem": "a/b"},
            "Gebruik alleen letters",
        ),
    ],
)
def test_what_is_not_right_yet_is_told_at_its_place_and_nothing_is_added(administrator, entry, form, sentence):
    shown = administrator.post(f"/desk/sources/new/{entry}/", form).content.decode()

    assert sentence in shown
    assert "<title>Fout:" in shown
    assert not Source.objects.exists()


def test_a_key_that_was_typed_does_not_come_back_when_something_else_is_wrong(administrator):
    form = {"key": KEY, "schedule": "often", "tlp": "CLEAR", "terms": "on"}

    assert KEY not in administrator.post("/desk/sources/new/nvd/", form).content.decode()


def test_a_source_that_is_there_already_is_told(administrator):
    form = {"schedule": "every 1h", "tlp": "CLEAR", "terms": "on"}
    administrator.post("/desk/sources/new/kev/", form)

    assert "Deze bron is er al" in administrator.post("/desk/sources/new/kev/", form).content.decode()


@pytest.mark.parametrize(
    "address", ["new/kev/", "one/nvd/schedule/", "one/nvd/key/", "one/nvd/push-key/", "one/nvd/unsigned/"]
)
def test_only_an_administrator_adds_and_sets_schedules_and_keys(analyst, address):
    fetched()
    form = {"schedule": "every 2h", "tlp": "CLEAR", "terms": "on", "key": KEY}

    assert analyst.post(f"/desk/sources/{address}", form).status_code == 403
    assert "beheerder" in page(analyst, "/desk/sources/one/nvd/")
    assert Source.objects.get().schedule == "every 1h"


def test_a_source_that_is_not_there_is_not_there(administrator):
    for address in ("one/none/", "new/none/"):
        assert administrator.get(f"/desk/sources/{address}").status_code == 404
    assert administrator.post("/desk/sources/one/none/push-key/").status_code == 404


def test_a_source_is_run_paused_and_put_on_another_schedule(administrator):
    address = fetched()
    administrator.post(f"{address}run/")
    assert Fetch.objects.get().state == "due"
    assert "al opgehaald" in administrator.post(f"{address}run/", follow=True).content.decode()

    administrator.post(f"{address}pause/", {"paused": "yes"})
    assert Source.objects.get().paused
    administrator.post(f"{address}pause/", {"paused": "no"})
    administrator.post(f"{address}schedule/", {"schedule": "Daily 06:30"})
    assert (Source.objects.get().paused, Source.objects.get().schedule) == (False, "daily 06:30")
    assert "Dit is geen schema" in administrator.post(f"{address}schedule/", {"schedule": "x"}).content.decode()


def test_a_key_is_set_and_said_to_be_set_and_a_push_key_is_shown_once(administrator, home):
    address = fetched()
    shown = administrator.post(f"{address}key/", {"key": KEY, "user": "ada"}, follow=True).content.decode()
    assert KEY not in shown
    assert "is ingevuld" in shown
    assert secrets.read(home, "nvd") == secrets.Credentials("ada", KEY)

    once = administrator.post(f"{address}push-key/").content.decode()
    assert "maar één keer getoond" in once
    assert "maar één keer getoond" not in page(administrator, address)


def test_a_source_shows_its_rows_as_a_picture_with_a_table_beside_it(analyst):
    source()
    for number, count in enumerate((10, 20, 15)):
        content = events(*(seen(f"192.0.2.{row}", banner=number) for row in range(1, count + 1)))
        deliver(content, name=f"feed-{number}.csv", at=cast.NOW - timedelta(hours=9 - number))
    shown = page(analyst, "/desk/sources/one/scan/")

    assert "Meestal 15 regels in een levering" in shown
    assert shown.count('<rect class="mh-staaf') == 3
    assert shown.count('class="mh-get">20</td>') == 1


@pytest.mark.parametrize(("act", "state"), [("release", "received"), ("refuse", "refused")])
def test_a_held_delivery_is_seen_everywhere_and_decided_by_a_person(analyst, act, state):
    source()
    for number in range(3):
        content = events(*(seen(f"192.0.2.{row}", banner=number) for row in range(1, 31)))
        deliver(content, at=cast.NOW - timedelta(hours=9 - number))
    batch = keep(events(seen()))
    read(batch)

    for address in ("/desk/", "/desk/sources/", "/desk/sources/one/scan/", f"/desk/sources/batches/{batch}/"):
        assert "wijkt de levering ver af" in page(analyst, address)
    assert "Veel minder regels dan anders: 1" in page(analyst, "/desk/sources/one/scan/")
    analyst.post(f"/desk/sources/batches/{batch}/decide/", {"act": act})
    assert Batch.objects.get(pk=batch).state == state
    assert AuditEntry.objects.get(object=f"batch {batch}").person_id is not None
    assert Alarm.objects.get().until is not None
    shown = page(analyst, f"/desk/sources/batches/{batch}/")
    assert ("Een collega besloot dat deze levering niet wordt gebruikt" in shown) == (act == "refuse")
    assert "als geheel niet te lezen" not in shown
    again = analyst.post(f"/desk/sources/batches/{batch}/decide/", {"act": act}, follow=True)
    assert "Er is niets veranderd" in again.content.decode()


def test_an_alarm_stands_on_the_page_of_today(analyst):
    source()
    raise_alarm(source=Source.objects.get().pk, kind="failing", at=cast.NOW, detail="The key is wrong.")

    assert "Deze bron kan niet worden opgehaald." in page(analyst, "/desk/")
    assert "The key is wrong." in page(analyst, "/desk/sources/one/scan/")


@pytest.fixture
def doubted():
    """A delivery of a maker of which the signature is wrong."""
    source("maker", form="csaf")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("maker-1.json", "{}")
    packed.seek(0)
    said = Brought(unproven="signature-wrong")
    number = receive(packed, source="maker", name="maker.zip", at=cast.NOW, brought=said).batch
    read(number)
    return number


@pytest.mark.parametrize("address", ["/desk/", "/desk/sources/one/maker/"])
def test_a_delivery_without_proof_is_an_alarm_that_says_what_to_do_and_leads_there(analyst, doubted, address):
    shown = page(analyst, address)

    assert "1 levering is misschien niet van de maker" in shown
    assert "Vraag het de maker" in shown
    assert f'href="/desk/quarantine/{doubted}/"' in shown


def test_a_delivery_without_proof_is_left_unread_and_the_alarm_is_over(analyst, doubted):
    assert "Laat hem ongelezen" in page(analyst, f"/desk/quarantine/{doubted}/")
    analyst.post(f"/desk/quarantine/{doubted}/leave/")

    assert "misschien niet van de maker" not in page(analyst, "/desk/")
    assert "Een collega besloot" in page(analyst, f"/desk/sources/batches/{doubted}/")
    assert AuditEntry.objects.filter(object=f"batch {doubted}", action="delivery refused").count() == 1
    again = analyst.post(f"/desk/quarantine/{doubted}/leave/", follow=True).content.decode()
    assert "Er is niets veranderd" in again


def test_an_own_source_is_added_with_its_key_and_its_schedule(administrator, home):
    form = OWN | {"address": "https://maker.example", "schedule": "every 6h", "key": KEY, "silent_after": "48"}

    shown = administrator.post("/desk/sources/new/own/", form, follow=True).content.decode()

    one = Source.objects.get(slug="maker")
    assert (one.transport, one.address, one.schedule) == ("csaf", "https://maker.example", "every 6h")
    assert (one.tlp, one.silent_after) == ("GREEN", 48)
    assert secrets.is_set(home, "maker")
    assert "Een maker" in shown
    assert KEY not in shown


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"slug": "Een Maker"}, "kleine letters"),
        ({"address": ""}, "waar"),
        ({"address": "ftp://maker.example"}, "Er is niets toegevoegd"),
        ({"address": "https://maker.example/?token=geheim"}, "Er is niets toegevoegd"),
        ({"transport": "", "schedule": "every 6h"}, "Kies hoe"),
        ({"schedule": "nu en dan"}, "every 6h"),
    ],
)
def test_an_own_source_that_can_not_be_says_what_to_do(administrator, changed, said):
    form = OWN | {"address": "https://maker.example"} | changed

    assert said in administrator.post("/desk/sources/new/own/", form).content.decode()
    assert not Source.objects.filter(slug="maker").exists()


def test_a_source_is_tried_in_the_background_and_its_page_shows_what_would_come(analyst):
    address = fetched()
    shown = analyst.post(f"{address}try/", follow=True).content.decode()
    assert "Een werker probeert deze bron" in shown
    assert "gebeurt al" in analyst.post(f"{address}try/", follow=True).content.decode()

    rows = FirstRows(
        accepted=1, whole=True, codes={"time-missing": 1}, cells=[{"place": "192.0.2.7", "severity": "high"}]
    )
    rows.values, rows.refused = ["{}"], [(3, "time-missing", "The row has no time.", "1,<2>")]
    found = {"name": "a.csv", "size": 3, "problems": ["feed.example did not answer in time."], "rows": rows.to_plain()}
    SourceTrial.objects.update(state="done", finished_at=cast.NOW, found=found)
    shown = page(analyst, address)

    for text in ("Hiervan is niets ingenomen", "192.0.2.7", "De regel heeft geen tijd.", "1,&lt;2&gt;"):
        assert text in shown
    assert "feed.example antwoordde niet op tijd." in shown
    SourceTrial.objects.update(state="failed", problem="A key is only sent over https. Change the address to https.")
    assert "Een sleutel gaat alleen over https." in page(analyst, address)


def test_an_administrator_says_whether_what_is_not_signed_is_taken(administrator):
    address = fetched()
    assert "niet van een aanbieder van CSAF" in administrator.post(f"{address}unsigned/", follow=True).content.decode()
    Source.objects.update(transport="csaf", format="csaf")
    assert "wacht daar ook" in page(administrator, address)

    administrator.post(f"{address}unsigned/", {"unsigned": "take"})
    assert Source.objects.get().options == {"unsigned": "take"}
    assert "Niet ondertekend weigeren" in page(administrator, address)
    administrator.post(f"{address}unsigned/", {"unsigned": "refuse"})
    assert Source.objects.get().options == {}
