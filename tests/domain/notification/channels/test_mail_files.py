"""Files that go with a mail: the text first, the bytes as they were, and the same mail when handed over twice."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.notification.channels import File, Parcel
from misthoorn.notification.channels.mail.render import on_the_wire, render
from misthoorn.notification.models import Message, MessageFile, Notice
from misthoorn.notification.retention import purge

CSV = File("findings-AS64496-20261123.csv", "text/csv; charset=utf-8; header=present", b"finding,ip\r\n1,192.0.2.7\r\n")
XARF = File("findings-AS64496-20261123.json", "application/json", b'[{"xarf_version":"4.2.0"}]\n')


def rendered(*files, eight_bit=True, body="Hello abuse team,\n\nSo far.\n"):
    parcel = Parcel(
        address="abuse@isp.example",
        language="en",
        subject="TLP:GREEN 2 findings",
        body=body,
        message_id="<864216737495.b554445da769@misthoorn.example>",
        written=datetime(2026, 11, 24, 9, 30, tzinfo=UTC),
        files=files,
    )
    return render(parcel, name="Team", sender="warning@misthoorn.example", eight_bit=eight_bit)


def parts(mail):
    return list(message_from_bytes(mail, policy=policy.default).iter_parts())


def test_the_text_comes_first_and_the_files_follow_with_their_names_and_types():
    mail = message_from_bytes(rendered(CSV, XARF), policy=policy.default)

    assert mail.get_content_type() == "multipart/mixed"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.keys().count("Content-Type") == 1
    text, csv, xarf = mail.iter_parts()
    assert text.get_content().replace("\r\n", "\n") == "Hello abuse team,\n\nSo far.\n"
    assert [one.get_filename() for one in (csv, xarf)] == [CSV.name, XARF.name]
    assert [one.get_content_type() for one in (csv, xarf)] == ["text/csv", "application/json"]
    assert csv["Content-Type"].params == {"charset": "utf-8", "header": "present"}
    assert [one.get_payload(decode=True) for one in (csv, xarf)] == [CSV.content, XARF.content]


def test_a_mail_without_files_is_plain_text_as_before():
    mail = message_from_bytes(rendered(), policy=policy.default)

    assert mail.get_content_type() == "text/plain"


def test_handed_over_twice_it_is_the_same_byte_for_byte():
    assert rendered(CSV, XARF) == rendered(CSV, XARF)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "etc-passwd"),
        ('a"\r\nBcc: x@evil.example', "a-Bcc-x-evil.example"),
        (".hidden", "hidden"),
        ("é" * 300, "file"),
        ("x" * 300 + ".csv", "x" * 96 + ".csv"),
    ],
)
def test_a_name_is_made_of_plain_signs(name, safe):
    mail = rendered(File(name, "text/csv", b"x"))

    assert parts(mail)[1].get_filename() == safe
    assert message_from_bytes(mail)["Bcc"] is None


@pytest.mark.parametrize("kind", ["text/csv\r\nX-Header: 1", "csv", "", 'text/csv; name="a"'])
def test_what_is_no_media_type_is_not_sent(kind):
    with pytest.raises(ValueError, match="media type"):
        rendered(File("a.csv", kind, b""))


@given(
    contents=st.lists(st.binary(max_size=400), min_size=1, max_size=3),
    body=st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=200),
    eight_bit=st.booleans(),
)
def test_whatever_is_in_it_every_byte_arrives_and_no_line_is_too_long(contents, body, eight_bit):
    mail = rendered(
        *(File(f"{n}.bin", "application/zip", one) for n, one in enumerate(contents)), eight_bit=eight_bit, body=body
    )

    text, *files = parts(mail)
    assert text.get_content().replace("\r\n", "\n").rstrip("\n") == body
    assert [one.get_payload(decode=True) for one in files] == contents
    assert max(map(len, on_the_wire(mail).split(b"\r\n"))) <= 998
    assert mail.isascii() or eight_bit


def with_file(kind):
    message = Message.objects.get()
    Notice.objects.filter(pk=message.notice_id).update(kind=kind)
    MessageFile.objects.create(message=message, name=CSV.name, media_type=CSV.media_type, content=CSV.content)


def test_the_files_of_a_bundle_go_with_it(queue, deliver, channel):
    queue(1)
    with_file("bundle")

    deliver().run()

    assert channel.taken[0].files == (CSV,)


def test_for_no_other_message_files_are_looked_for(queue, deliver, channel, django_assert_max_num_queries):
    queue(1)
    with django_assert_max_num_queries(40) as asked:
        deliver().run()

    assert channel.taken[0].files == ()
    assert not [one for one in asked if "messagefile" in one["sql"]]


def test_files_go_with_the_text_after_the_time_that_messages_are_kept(sent):
    with_file("bundle")
    purge(now=sent.created_at + timedelta(days=29), keep={"messages": 30, "replies": 30})
    assert MessageFile.objects.count() == 1

    purge(now=sent.created_at + timedelta(days=31), keep={"messages": 30, "replies": 30})

    assert not MessageFile.objects.exists()
