"""Texts at the desk: written by one person, seen as mails, approved by another."""

import cast
import pytest

from misthoorn.notification import text_versions
from misthoorn.notification.compose.editing import editable, shared
from misthoorn.notification.compose.templates import library
from misthoorn.notification.models import TextEdition

pytestmark = pytest.mark.django_db

RDP = "/desk/texts/exposed/rdp/"


@pytest.fixture(autouse=True)
def shipped_texts():
    yield
    library.use(library.SHIPPED)
    text_versions._seen[0] = ()


def filled(name="exposed/rdp", **changes):
    """The form as it stands there, with changes."""
    fields, form = library.SHIPPED.fields(name), {"note": "korter"}
    for language in ("nl", "en"):
        for field in editable(name):
            value = fields[language].get(field) or ""
            if field == "steps":
                form |= {f"{language}_step_{number}": step for number, step in enumerate(value, 1)}
            else:
                form[f"{language}_{field}"] = value
    form |= {field: fields[field] for field in shared(name)}
    return form | changes


def read(client, path):
    return client.get(path).content.decode()


def colleague(client):
    client.logout()
    cast.sign_in(client, cast.COLLEAGUE)
    return client


def test_every_text_stands_in_the_list_and_has_a_page(analyst):
    listed = read(analyst, "/desk/texts/")
    for name in (*library.names(), *library.other_names()):
        assert f"/desk/texts/{name}/" in listed
    for path in (RDP, "/desk/texts/other/digest/", "/desk/texts/software/known/", "/desk/texts/generic/generic/"):
        assert analyst.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/desk/texts/exposed/nothing/", "/desk/texts/versions/999/"])
def test_what_is_not_there_is_not_found(analyst, path):
    assert analyst.get(path).status_code == 404


def test_the_mail_is_seen_in_both_languages_before_anything_is_kept(analyst):
    form = filled(nl_consequence="Dit is anders.", en_consequence="This differs.", see="1", note="")
    shown = analyst.post(RDP, form)
    assert shown.status_code == 200
    assert "Dit is anders." in shown.content.decode()
    assert shown.content.decode().count("Team") >= 2
    assert not TextEdition.objects.exists()


def test_a_draft_with_something_wrong_is_not_kept_and_says_what_at_its_field(analyst):
    form = filled(nl_step_2="", nl_step_3="", en_subject="", nl_consequence="Snel!", keep="1")
    shown = analyst.post(RDP, form)
    assert shown.status_code == 400
    assert b"id_en_subject_error" in shown.content
    assert b"id_nl_step_1_error" in shown.content or b"stappen" in shown.content
    assert "Snel!" in shown.content.decode()
    assert not TextEdition.objects.exists()


def test_why_it_is_changed_has_to_be_said(analyst):
    assert analyst.post(RDP, filled(note="", keep="1")).status_code == 400


def test_a_draft_is_approved_by_another_person_and_then_used(analyst, client):
    page = analyst.post(RDP, filled(nl_consequence="Dit is anders.", keep="1"), follow=True)
    draft = TextEdition.objects.get()
    assert "<ins>" in page.content.decode()
    assert "/approve/" not in page.content.decode()

    analyst.post(f"/desk/texts/versions/{draft.pk}/approve/")
    draft.refresh_from_db()
    assert draft.state == "draft"

    other = colleague(client)
    assert f"/desk/texts/versions/{draft.pk}/approve/" in read(other, f"/desk/texts/versions/{draft.pk}/")
    other.post(f"/desk/texts/versions/{draft.pk}/approve/")
    draft.refresh_from_db()
    assert draft.state == "approved"
    assert "Dit is anders." in read(other, RDP)
    assert f"#{draft.pk}" in read(other, "/desk/texts/")


def test_a_draft_is_rejected_with_a_reason(analyst):
    analyst.post(RDP, filled(nl_consequence="Dit is anders.", keep="1"))
    draft = TextEdition.objects.get()
    assert analyst.post(f"/desk/texts/versions/{draft.pk}/reject/", {"why": ""}).status_code == 400
    analyst.post(f"/desk/texts/versions/{draft.pk}/reject/", {"why": "te vaag"})
    draft.refresh_from_db()
    assert (draft.state, draft.note) == ("rejected", "te vaag")


def test_the_shipped_text_comes_back(analyst, client):
    analyst.post(RDP, filled(nl_consequence="Dit is anders.", keep="1"))
    other = colleague(client)
    other.post(f"/desk/texts/versions/{TextEdition.objects.get().pk}/approve/")
    other.post(f"{RDP}back/")
    assert TextEdition.objects.get().state == "replaced"
    assert "Dit is anders." not in read(other, RDP)


def test_what_somebody_writes_is_text_and_no_html(analyst):
    analyst.post(RDP, filled(nl_consequence="<script>x</script>", keep="1"))
    shown = read(analyst, f"/desk/texts/versions/{TextEdition.objects.get().pk}/")
    assert "<script>x" not in shown
    assert "&lt;script&gt;x" in shown


def test_a_message_that_is_no_warning_can_be_changed_too(analyst):
    body = (
        library.SHIPPED.told("other/alive", "nl")["body"].replace("wij kijken nog", "wij kijken").replace("\n", "\r\n")
    )
    page = analyst.post("/desk/texts/other/alive/", filled("other/alive", nl_body=body, keep="1"), follow=True)
    assert page.status_code == 200
    assert TextEdition.objects.get().name == "other/alive"
