"""Mails that come back, as servers and people write them."""

import textwrap

OURS = "<481516234248.0123456789ab@misthoorn.example>"
WARNING = f"""\
From: Team Digitale Waarschuwing <waarschuwing@misthoorn.example>
To: beheer@korenaar.example
Subject: Waarschuwing
Message-ID: {OURS}

Goedemorgen,
"""


def mail(
    body="",
    *,
    sender="ontvanger@korenaar.example",
    subject="Re: Waarschuwing",
    to="waarschuwing@misthoorn.example",
    **headers,
):
    """A plain mail; a header's name with underscores in the place of dashes."""
    lines = [f"From: {sender}", f"To: {to}", f"Subject: {subject}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\n".join(lines) + "\n\n" + textwrap.dedent(body)).encode()


def report(
    *recipients, text="Your message could not be delivered.", to="waarschuwing@misthoorn.example", returned=WARNING
):
    """A delivery status notification (RFC 3464); each recipient is (address, action, status, diagnostic)."""
    groups = "\n".join(
        f"Final-Recipient: rfc822; {address}\nAction: {action}\nStatus: {status}\nDiagnostic-Code: smtp; {said}\n"
        for address, action, status, said in recipients
    )
    return (
        f"From: MAILER-DAEMON@mx.example\nTo: {to}\nSubject: Undelivered Mail Returned to Sender\nReturn-Path: <>\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\nMIME-Version: 1.0\n\n'
        f"--b\nContent-Type: text/plain\n\n{text}\n\n"
        f"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n{groups}\n"
        f"--b\nContent-Type: message/rfc822\n\n{returned}\n--b--\n"
    ).encode()


GONE = ("beheer@korenaar.example", "failed", "5.1.1", "550 5.1.1 <beheer@korenaar.example>: User unknown")


def about(message, raw):
    """The same mail, on this message and its recipient."""
    return raw.replace(OURS.encode(), message.message_id.encode()).replace(GONE[0].encode(), message.address.encode())
