"""Signed mails are verified by programs that know nothing of us: gpg and openssl."""

import re
import shutil
import subprocess
import time
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from pysequoia import Sig, Tsk, verify
from system.difficult import difficult_relay

from misthoorn.notification.channels import File, HandOverError, Parcel, Reason
from misthoorn.notification.channels.mail.channel import MailChannel
from misthoorn.notification.channels.mail.render import render
from misthoorn.notification.channels.mail.signing import SOON, SigningError
from misthoorn.notification.channels.mail.signing import load_signer as load

SENDER = "warnings@misthoorn.example"
FRAGILE = "Beste lezer,\n\nFrom here on  \nmet één regel die eindigt op een blanco \n-- \n.\n..\t\n" + "x" * 1200 + "\n"
FILES = (
    File("list.csv", "text/csv; charset=utf-8", b"a,b\r\n1,2\n"),
    File("x.bin", "application/octet-stream", bytes(300)),
)
BODIES = [
    pytest.param("Plain text.\n", (), id="plain"),
    pytest.param("Café €\n", (), id="letters"),
    pytest.param(FRAGILE, (), id="fragile"),
    pytest.param(FRAGILE, FILES, id="files"),
]


def load_signer(kind, **how):
    return load(kind, **{"now": lambda: datetime.now(UTC)} | how)


def parcel(body="Tekst\n", files=(), **changes):
    return Parcel(
        **{
            "address": "it@korenaar.example",
            "language": "nl",
            "subject": "Let op: café",
            "body": body,
            "message_id": "<864216737495.b554445da769@misthoorn.example>",
            "written": datetime(2026, 11, 24, 9, 30, tzinfo=UTC),
            "files": files,
        }
        | changes
    )


def signed(signer, *, eight_bit=True, **what):
    return render(parcel(**what), name="Team", sender=SENDER, eight_bit=eight_bit, signer=signer)


def parts(mail):
    """What is signed, to the byte, and the part with the signature."""
    boundary = re.search(rb'micalg=[a-z0-9-]+;\r\n boundary="([^"]+)"', mail)[1]
    _, entity, signature, end = mail.split(b"--" + boundary)
    assert end == b"--\r\n"
    return entity.removeprefix(b"\r\n").removesuffix(b"\r\n"), signature


def own(path, content):
    path.write_bytes(content)
    path.chmod(0o600)
    return path


def certificate(tmp_path, *, kind="rsa", name=SENDER, begins=-1, ends=400, password=None):
    """A file with a certificate that signs itself, and its key."""
    key = rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Team")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=begins))
        .not_valid_after(now + timedelta(days=ends))
        .add_extension(x509.SubjectAlternativeName([x509.RFC822Name(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    lock = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    return own(
        tmp_path / "smime.pem",
        made.public_bytes(pem) + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, lock),
    )


@pytest.fixture
def pgp_file(tmp_path):
    return own(tmp_path / "key.pgp", bytes(Tsk.generate(f"Team <{SENDER}>")))


@pytest.fixture(params=["openpgp", "smime"])
def signer(request, tmp_path):
    key = request.getfixturevalue("pgp_file") if request.param == "openpgp" else certificate(tmp_path)
    return load_signer(request.param, key=key)


@pytest.mark.parametrize(("body", "files"), BODIES)
def test_gpg_says_that_the_signature_is_good(pgp_file, tmp_path, body, files):
    gpg = shutil.which("gpg")
    if gpg is None:
        pytest.skip("there is no gpg on this machine")
    mail = signed(load_signer("openpgp", key=pgp_file), body=body, files=files)
    entity, part = parts(mail)
    (tmp_path / "entity").write_bytes(entity)
    (tmp_path / "signature.asc").write_bytes(part.partition(b"\r\n\r\n")[2])
    public = own(tmp_path / "public.pgp", bytes(Tsk.from_bytes(pgp_file.read_bytes()).extract_certificate()))
    folder = tmp_path / "gnupg"
    folder.mkdir(mode=0o700)
    base = [gpg, "--homedir", folder, "--batch", "--no-autostart", "--status-fd", "1"]
    subprocess.run([*base, "--import", public], check=True, capture_output=True)

    done = subprocess.run(
        [*base, "--verify", tmp_path / "signature.asc", tmp_path / "entity"], check=False, capture_output=True
    )

    assert done.returncode == 0, done.stderr
    assert b"GOODSIG" in done.stdout


@pytest.mark.parametrize(("body", "files"), BODIES)
@pytest.mark.parametrize("kind", ["rsa", "ec"])
def test_openssl_says_that_the_signature_is_good(tmp_path, kind, body, files):
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("there is no openssl on this machine")
    key = certificate(tmp_path, kind=kind)
    mail = own(tmp_path / "mail.eml", signed(load_signer("smime", key=key), body=body, files=files))

    done = subprocess.run(
        [openssl, "cms", "-verify", "-in", mail, "-CAfile", key, "-purpose", "any", "-out", tmp_path / "out"],
        check=False,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out").read_bytes() == parts(mail.read_bytes())[0]
    mail.write_bytes(mail.read_bytes().replace(b"text/plain", b"text/plaix"))
    assert subprocess.run([openssl, "cms", "-verify", "-in", mail, "-CAfile", key], check=False).returncode != 0


@pytest.mark.parametrize(("body", "files"), BODIES)
def test_what_is_signed_holds_seven_bits_no_blank_at_an_end_and_short_lines(signer, body, files):
    mail = signed(signer, body=body, files=files)
    entity, _ = parts(mail)

    assert entity.isascii()
    assert entity.replace(b"\r\n", b"").count(b"\n") == entity.replace(b"\r\n", b"").count(b"\r") == 0
    assert not re.search(rb"[ \t]\r\n", entity)
    assert not re.search(rb"^From ", entity, re.MULTILINE)
    assert max(map(len, mail.split(b"\r\n"))) <= 998


@pytest.mark.parametrize(("body", "files"), BODIES)
def test_a_reader_finds_the_text_and_the_files_as_they_were(signer, body, files):
    mail = message_from_bytes(signed(signer, body=body, files=files), policy=policy.default)

    assert mail.get_content_type() == "multipart/signed"
    assert mail["Content-Type"].params["protocol"] == signer.protocol
    assert mail.get_body(("plain",)).get_content().replace("\r\n", "\n") == body
    found = [one for one in mail.walk() if one.get_content_disposition() == "attachment"]
    assert [one.get_payload(decode=True) for one in found if one.get_filename() != "smime.p7s"] == [
        one.content for one in files
    ]
    assert mail["Subject"] == "Let op: café"
    assert all(len(mail.get_all(name)) == 1 for name in ("From", "To", "Date", "Message-ID", "Subject", "Content-Type"))


def test_handed_over_twice_what_is_signed_and_every_header_are_the_same_bytes(signer):
    first, second = signed(signer, body=FRAGILE, files=FILES), signed(signer, body=FRAGILE, files=FILES)

    assert parts(first)[0] == parts(second)[0]
    assert first.partition(b"\r\n\r\n")[0] == second.partition(b"\r\n\r\n")[0]


def test_the_digest_that_the_header_names_is_that_of_the_signature(pgp_file):
    mail = signed(load_signer("openpgp", key=pgp_file))
    entity, part = parts(mail)
    signature = Sig.from_bytes(part.partition(b"\r\n\r\n")[2])
    key = Tsk.from_bytes(pgp_file.read_bytes())

    assert verify(bytes=entity, store=lambda _: [key.extract_certificate()], signature=signature).valid_sigs
    named = message_from_bytes(mail, policy=policy.default)["Content-Type"].params["micalg"]
    assert named.removeprefix("pgp-").upper() == str(signature.hash_algorithm).rpartition(".")[2]


def test_a_signed_mail_arrives_over_smtp_as_it_was_signed(signer):
    with difficult_relay() as relay:
        channel = MailChannel(
            relay=Relay(relay.port), name="Team", sender=SENDER, own_name="misthoorn.example", signer=signer
        )
        channel.hand_over(parcel(body=FRAGILE), deadline=time.monotonic() + 10)
        channel.close()

    [(_, mail)] = relay.taken
    assert parts(mail)[0] == parts(signed(signer, body=FRAGILE))[0]


class Relay:
    host, tls, user, password = "127.0.0.1", "none", "", ""

    def __init__(self, port):
        self.port = port


def ended(kind, tmp_path):
    """A signer whose key has ended."""
    if kind == "smime":
        return load_signer(kind, key=certificate(tmp_path), now=lambda: datetime.now(UTC) + timedelta(days=500))
    gpg = shutil.which("gpg")
    if gpg is None:
        pytest.skip("there is no gpg on this machine to make a key that ends")
    key = gpg_key(gpg, tmp_path, expires="1d")
    return load_signer(kind, key=key, now=lambda: datetime.now(UTC) + timedelta(days=2))


def gpg_key(gpg, tmp_path, *, expires="0", password=""):
    folder = tmp_path / "made"
    folder.mkdir(mode=0o700)
    base = [gpg, "--homedir", folder, "--batch", "--pinentry-mode", "loopback", "--passphrase", password]
    subprocess.run(
        [*base, "--quick-gen-key", f"Team <{SENDER}>", "rsa2048", "sign", expires], check=True, capture_output=True
    )
    key = subprocess.run([*base, "--export-secret-keys", SENDER], check=True, capture_output=True).stdout
    subprocess.run(["gpgconf", "--homedir", folder, "--kill", "gpg-agent"], check=False, capture_output=True)
    return own(tmp_path / "gpg.key", key)


@pytest.mark.parametrize("kind", ["openpgp", "smime"])
def test_with_a_key_that_has_ended_nothing_leaves_and_it_waits(kind, tmp_path):
    signer = ended(kind, tmp_path)
    with difficult_relay() as relay:
        channel = MailChannel(
            relay=Relay(relay.port), name="Team", sender=SENDER, own_name="misthoorn.example", signer=signer
        )
        with pytest.raises(HandOverError) as caught:
            channel.hand_over(parcel(), deadline=time.monotonic() + 10)

    assert caught.value.reason is Reason.UNREACHABLE
    assert "can't be signed" in caught.value.reply
    assert relay.seen == []
    assert any("ends on" in one for one in signer.problems(sender=SENDER))


def test_a_key_that_will_end_soon_is_told_of_before(tmp_path):
    signer = load_signer("smime", key=certificate(tmp_path, ends=SOON.days - 1))

    assert "ends on" in signer.problems(sender=SENDER)[0]
    assert signer.sign(b"still good\r\n")


def test_a_good_key_has_no_problem_but_for_another_sender(signer):
    assert signer.problems(sender=SENDER) == []
    assert "other@misthoorn.example" in signer.problems(sender="other@misthoorn.example")[0]


def test_an_openpgp_key_with_a_password_signs_with_the_right_one_only(tmp_path):
    gpg = shutil.which("gpg")
    if gpg is None:
        pytest.skip("there is no gpg on this machine to make a key with a password")
    key = gpg_key(gpg, tmp_path, password="hunter22")
    right, wrong = own(tmp_path / "right", b"hunter22\n"), own(tmp_path / "wrong", b"guess\n")

    assert load_signer("openpgp", key=key, password=right).problems(sender=SENDER) == []
    for password in (wrong, None):
        [problem] = load_signer("openpgp", key=key, password=password).problems(sender=SENDER)
        assert "can't sign" in problem
        with pytest.raises(SigningError):
            signed(load_signer("openpgp", key=key, password=password))


def test_a_certificate_with_a_password_signs_with_the_right_one_only(tmp_path):
    key = certificate(tmp_path, password=b"hunter22")
    right, wrong = own(tmp_path / "right", b"hunter22\n"), own(tmp_path / "wrong", b"guess\n")

    assert load_signer("smime", key=key, password=right).problems(sender=SENDER) == []
    with pytest.raises(SigningError, match="password right"):
        load_signer("smime", key=key, password=wrong)
    with pytest.raises(SigningError, match="MISTHOORN_SIGN_PASSWORD_FILE"):
        load_signer("smime", key=key)


@pytest.mark.parametrize("kind", ["openpgp", "smime"])
@pytest.mark.parametrize("content", [b"", b"junk", b"\x00\xff" * 50, b"-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_what_is_no_key_is_refused_with_a_sentence(kind, content, tmp_path):
    with pytest.raises(SigningError) as caught:
        load_signer(kind, key=own(tmp_path / "key", content))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", ["openpgp", "smime"])
def test_a_key_that_is_missing_or_that_others_may_read_is_refused(kind, tmp_path, pgp_file):
    with pytest.raises(SigningError, match="can't be read"):
        load_signer(kind, key=tmp_path / "none")
    pgp_file.chmod(0o644)
    with pytest.raises(SigningError, match="chmod 600"):
        load_signer(kind, key=pgp_file)


def test_a_certificate_of_another_key_is_refused(tmp_path):
    (tmp_path / "other").mkdir()
    mine, other = certificate(tmp_path).read_bytes(), certificate(tmp_path / "other").read_bytes()
    mixed = other[: other.index(b"-----BEGIN PRIVATE")] + mine[mine.index(b"-----BEGIN PRIVATE") :]

    with pytest.raises(SigningError, match="belongs to its key"):
        load_signer("smime", key=own(tmp_path / "mixed", mixed))
