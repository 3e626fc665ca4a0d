"""Webhooks over a real socket: what arrives is signed, and bad readers cost no more than the time that they have."""

import json
import shutil
import socket
import ssl
import subprocess
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from standardwebhooks import Webhook
from system import programs
from system.certificates import certificate_at
from system.servers import Reply, site

from misthoorn.notification.channels import HandOverError, Parcel, Reason
from misthoorn.notification.channels.webhook.channel import WebhookChannel
from misthoorn.notification.channels.webhook.signature import new_secret
from misthoorn.work.outside.egress import read_inside
from misthoorn.work.outside.errors import FetchError
from misthoorn.work.outside.pinned import Guard, resolve

SHORT = 1.0  # seconds that a reader has
SLACK = 1.5  # more than that is not forgiven
KEY, OLD = new_secret(), new_secret()
BODY = json.dumps({"type": "warning.created", "data": {"text": "café €"}}, ensure_ascii=False, indent=1)


@pytest.fixture
def reader():
    with site() as made:
        made.pages["/hook"] = Reply(b"thanks", 204)
        yield made


@pytest.fixture
def parcel(reader):
    return Parcel(
        address=f"{reader.url}/hook",
        language="nl",
        subject="Let op",
        body=BODY,
        message_id="<864216737495.b554445da769@misthoorn.example>",
        written=datetime(2026, 11, 24, tzinfo=UTC),
        contact=7,
    )


@pytest.fixture
def channel(reader):
    return webhooks(inside=reader.url.removeprefix("http://"))


def webhooks(*, inside="", keys=(KEY,), resolved=resolve, **more):
    return WebhookChannel(
        guard=Guard(inside=read_inside(inside), resolve=resolved),
        keys={7: keys}.__getitem__,
        now=lambda: datetime.now(UTC),
        seconds=SHORT,
        **more,
    )


def post(channel, parcel, *, seconds=25.0):
    return channel.hand_over(parcel, deadline=time.monotonic() + seconds)


def refusal(channel, parcel):
    """How it is refused, in the time that there is."""
    began = time.monotonic()
    with pytest.raises(HandOverError) as caught:
        post(channel, parcel)
    assert time.monotonic() - began < SHORT + SLACK
    return caught.value


def test_what_arrives_is_verified_by_the_reference_library(channel, parcel, reader):
    assert post(channel, parcel) == "204 No Content"

    [question] = reader.asked
    assert question.method == "POST"
    assert question.headers["content-type"] == "application/json; charset=utf-8"
    assert Webhook(KEY).verify(question.body, question.headers) == json.loads(BODY)


def test_while_a_secret_is_replaced_a_reader_with_either_of_the_two_verifies_it(channel, parcel, reader):
    channel.keys = {7: (KEY, OLD)}.__getitem__

    post(channel, parcel)

    for key in (KEY, OLD):
        assert Webhook(key).verify(reader.asked[0].body, reader.asked[0].headers)


NODE = """
const {createHmac, timingSafeEqual} = require('crypto');
const {key, headers, body} = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
const made = createHmac('sha256', Buffer.from(key.slice(6), 'base64')).update(content).digest();
const ours = one => timingSafeEqual(Buffer.from(one.slice(3), 'base64'), made);
const fits = headers['webhook-signature'].split(' ').some(ours);
process.exit(fits ? 0 : 1);
"""


@pytest.mark.parametrize(("key", "good"), [(KEY, True), (OLD, False)], ids=["its own key", "another key"])
def test_a_program_in_another_language_agrees(channel, parcel, reader, key, good):
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no Node.js on this machine")
    post(channel, parcel)
    said = json.dumps({"key": key, "headers": reader.asked[0].headers, "body": reader.asked[0].body.decode()})

    assert (subprocess.run([node, "-e", NODE], input=said.encode(), check=False).returncode == 0) is good


JAVA = """
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
class Verify {
  public static void main(String[] a) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(Base64.getDecoder().decode(a[0].substring(6)), "HmacSHA256"));
    byte[] made = mac.doFinal((a[1] + "." + a[2] + "." + a[4]).getBytes("UTF-8"));
    System.exit(a[3].equals("v1," + Base64.getEncoder().encodeToString(made)) ? 0 : 1);
  }
}
"""


def test_a_third_language_agrees(channel, parcel, reader, tmp_path):
    java = shutil.which("java")
    if java is None:
        pytest.skip("there is no Java on this machine")
    post(channel, parcel)
    [question] = reader.asked
    source = tmp_path / "Verify.java"
    source.write_text(JAVA)
    said = [question.headers[f"webhook-{name}"] for name in ("id", "timestamp", "signature")]

    done = subprocess.run(
        [java, source, KEY, *said, question.body.decode()], check=False, capture_output=True, text=True
    )

    if "not found" in done.stderr or "compiler" in done.stderr:
        pytest.skip("this Java can't run a source file")
    assert done.returncode == 0, done.stderr


def test_every_attempt_has_the_same_identifier_and_body_and_a_time_of_its_own(channel, parcel, reader):
    channel.now = lambda: datetime(2026, 11, 28, 8, tzinfo=UTC)
    post(channel, parcel)
    channel.now = lambda: datetime(2026, 11, 28, 9, tzinfo=UTC)
    post(channel, parcel)

    first, second = reader.asked
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"]) == 3600
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]


def test_without_a_secret_nothing_is_sent(parcel, reader):
    error = refusal(webhooks(inside=reader.url.removeprefix("http://"), keys=()), parcel)

    assert error.reason is Reason.LATER
    assert "misthoorn webhooks rotate" in error.reply
    assert reader.asked == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(channel, parcel, reader, status):
    reader.pages["/hook"] = Reply(b"", status, {"Location": f"{reader.url}/other"})

    assert refusal(channel, parcel).reason is Reason.REFUSED
    assert reader.paths() == ["/hook"]


def test_gone_and_later_are_heard(channel, parcel, reader):
    reader.pages["/hook"] = Reply(b"", 410)
    assert refusal(channel, parcel).gone
    reader.pages["/hook"] = Reply(b"", 429, {"Retry-After": "90"})
    assert refusal(channel, parcel).after == 90


def silent(_question, _handler):
    time.sleep(4)


def drip(_question, handler):
    handler.wfile.write(b"HTTP/1.1 ")
    for _ in range(40):
        handler.wfile.write(b"2")
        handler.wfile.flush()
        time.sleep(0.1)


def endless_head(_question, handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(100_000):
        handler.wfile.write(f"X-{number}: {'y' * 200}\r\n".encode())


def interim(_question, handler):
    while True:
        handler.wfile.write(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        handler.wfile.flush()
        time.sleep(0.01)


def garbage(_question, handler):
    handler.wfile.write(b"\x00\xff\xfe this is no http\r\n\r\n")


def hang_up(_question, handler):
    handler.connection.close()


@pytest.mark.parametrize("manner", [silent, drip, endless_head, interim, garbage, hang_up])
def test_a_reader_that_is_slow_endless_or_lying_is_in_trouble_and_costs_no_more_than_its_time(
    channel, parcel, reader, manner
):
    reader.pages["/hook"] = manner

    error = refusal(channel, parcel)

    assert error.reason is Reason.UNREACHABLE
    assert error.reply


def endless(_question, handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(100_000):
        handler.wfile.write(b"400\r\n" + b"x" * 1024 + b"\r\n")


def half(_question, handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\nhalf of it")


@pytest.mark.parametrize("manner", [endless, half])
def test_of_a_good_answer_the_body_is_not_waited_for(channel, parcel, reader, manner):
    reader.pages["/hook"] = manner

    began = time.monotonic()
    assert post(channel, parcel) == "200 OK"
    assert time.monotonic() - began < SHORT + SLACK


def test_the_deadline_of_the_whole_hand_over_holds_too(channel, parcel, reader):
    reader.pages["/hook"] = silent

    began = time.monotonic()
    with pytest.raises(HandOverError):
        post(channel, parcel, seconds=0.2)
    assert time.monotonic() - began < 0.2 + SLACK


@pytest.fixture
def listener():
    """A port on which somebody takes connections, and never says a word."""
    server = socket.create_server(("127.0.0.1", 0))
    yield server.getsockname()[1]
    server.close()


def test_a_reader_that_never_begins_its_side_of_tls_costs_no_more_than_its_time(parcel, listener):
    quiet = webhooks(inside=f"127.0.0.1:{listener}")

    error = refusal(quiet, replace(parcel, address=f"https://127.0.0.1:{listener}/"))

    assert (error.reason, error.reply) == (Reason.UNREACHABLE, "no answer in time")


def test_a_name_server_that_does_not_answer_costs_no_more_than_its_time(parcel):
    def never(_host, _port):
        time.sleep(4)
        raise FetchError("too late")

    error = refusal(webhooks(resolved=never), replace(parcel, address="https://soc.example/"))

    assert (error.reason, error.reply) == (Reason.UNREACHABLE, "no answer in time")


def test_a_certificate_that_nobody_trusts_is_a_reason(parcel, tmp_path):
    class Answer(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    pem = certificate_at(tmp_path / "hook.pem")
    server = HTTPServer(("127.0.0.1", programs.free_port()), Answer)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    inside = f"127.0.0.1:{server.server_port}"
    there = replace(parcel, address=f"https://localhost:{server.server_port}/")
    try:
        error = refusal(webhooks(inside=inside, resolved=lambda *_: ["127.0.0.1"]), there)
        assert error.reason is Reason.UNREACHABLE
        assert "certificate is not right" in error.reply
        trusting = webhooks(
            inside=inside, resolved=lambda *_: ["127.0.0.1"], tls=ssl.create_default_context(cafile=pem)
        )
        assert post(trusting, there) == "200 OK"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"],
        ["10.0.0.1"],
        ["100.64.0.1"],
        ["169.254.169.254"],
        ["192.168.1.1"],
        ["0.0.0.0"],
        ["224.0.0.1"],
        ["255.255.255.255"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["64:ff9b::7f00:1"],
        ["fe80::1"],
        ["fd00::1"],
        ["2002:7f00:1::"],
        ["203.0.113.7"],
        ["93.184.216.34", "127.0.0.1"],
    ],
)
def test_a_name_that_leads_to_no_public_address_is_never_connected_to(parcel, answers, monkeypatch):
    tried = []
    monkeypatch.setattr(socket, "create_connection", lambda *said, **_: tried.append(said))

    error = refusal(webhooks(resolved=lambda *_: answers), replace(parcel, address="https://soc.example/"))

    assert tried == []
    assert error.reason is Reason.LATER
    assert "no usual place on the public internet" in error.reply


@pytest.mark.parametrize(
    "address", ["http://soc.example/", "https://me:pw@soc.example/", "https://soc.example:22/", "x"]
)
def test_an_address_that_is_none_of_a_webhook_is_never_used(parcel, address):
    error = refusal(webhooks(), replace(parcel, address=address))

    assert (error.reason, error.bad_address) == (Reason.REFUSED, True)
