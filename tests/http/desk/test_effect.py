"""Whether warnings helped, at the desk."""

import csv
import io
from datetime import timedelta

import cast
import pytest

from misthoorn.insight.ledger import collect
from misthoorn.insight.tables import TABLES
from misthoorn.triage.models import Finding

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def told(sent):
    """The bakery was told, and one of what it was told of is gone four days later."""
    finding = Finding.objects.filter(organisation=sent.notice.organisation, subject=sent.notice.subject).first()
    Finding.objects.filter(pk=finding.pk).update(
        state="gone", closed_at=cast.NOW + 4 * DAY, closed_because="scan looked again and no longer saw it (2 of 2)"
    )
    collect(now=cast.NOW + 5 * DAY)
    return sent


def text(response):
    assert response.status_code == 200
    return response.content.decode()


def test_before_anything_was_sent_the_page_says_so(analyst):
    assert "Er is nog niets verstuurd" in text(analyst.get("/desk/effect/"))


def test_how_far_warnings_came_and_how_many_are_fixed(analyst, told):  # noqa: ARG001  what happened
    page = text(analyst.get("/desk/effect/"))

    assert "1 van de 2 waarschuwingen kwamen aan" in page
    assert "was de helft binnen 4 dagen opgelost" in page
    assert 'class="mh-lijn-1" d="M' in page
    assert "mh-band-1" in page


@pytest.mark.parametrize("by", ["severity", "channel", "campaign", "sector", "size", "nonsense"])
def test_groups_stand_in_the_table_under_their_names(analyst, told, by):  # noqa: ARG001  what happened
    page = text(analyst.get(f"/desk/effect/?by={by}"))

    assert "Deel opgelost" in page
    assert "None" not in page


@pytest.mark.parametrize("asked", ["severity=urgent", "sector=ict", "campaign=999999", "size=1", "campaign=x&sector=y"])
def test_a_part_can_be_asked_for_and_nonsense_is_left_out(analyst, told, asked):  # noqa: ARG001  what happened
    text(analyst.get(f"/desk/effect/?{asked}"))


def test_all_points_come_as_csv(analyst, told):  # noqa: ARG001  what happened
    response = analyst.get("/desk/effect/curves.csv?by=severity")

    rows = list(csv.DictReader(io.StringIO(text(response))))
    assert response["Content-Type"].startswith("text/csv")
    assert {row["group"] for row in rows} == {"", "high"}
    assert [(row["day"], row["open"]) for row in rows if not row["group"]][:2] == [("0.0", "1.0"), ("4.0", "0.0")]


def test_only_the_desk_sees_it(client):
    assert client.get("/desk/effect/").status_code in {302, 403, 404}


@pytest.mark.parametrize("figure", [*TABLES])
def test_each_table_comes_as_csv(analyst, told, figure):  # noqa: ARG001  what happened
    rows = list(csv.reader(io.StringIO(text(analyst.get(f"/desk/effect/{figure}/csv/")))))
    assert len({len(row) for row in rows}) == 1
    assert all(name.replace("_", "").isalnum() for name in rows[0])


def test_a_table_that_is_not_there_is_not_found(analyst):
    assert analyst.get("/desk/effect/nonsense/csv/").status_code == 404


def test_what_is_not_theirs_any_more_stands_beside_what_was_fixed(analyst, told):  # noqa: ARG001  what happened
    page = text(analyst.get("/desk/effect/"))

    assert "1 bevindingen zijn opgelost, en 0 eindigden" in page
    assert 'class="mh-lijn-2" d="M' in page
    for heading in (
        "Wat eigenaren zeggen",
        "Open dagen",
        "Uren van de waarneming",
        "Contacten, naar waar",
        "Deel fout",
    ):
        assert heading in page
    assert cast.BAKERY.name in page  # of those who got most
