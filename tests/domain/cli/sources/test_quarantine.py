"""`misthoorn quarantine`: what is let go, and what only by its number or its reason."""

import pytest
from cast import NOW

from misthoorn.intake.quarantine import QuarantineGroup

pytestmark = pytest.mark.django_db


def test_documents_that_are_nobodys_are_let_go_by_their_number_or_reason_only(misthoorn, monkeypatch):
    group = QuarantineGroup(7, "maker", "Maker", "a.zip", NOW, "signature-wrong", 1, "…", 0, kept=True)
    monkeypatch.setattr("misthoorn.intake.quarantine.groups", lambda **_: [group])

    assert misthoorn("quarantine", "release", "--source", "maker", "--dry-run").error == ""
    assert "delivery 7" in misthoorn("quarantine", "release", "--reason", "signature-wrong", "--dry-run").error
    assert "delivery 7" in misthoorn("quarantine", "release", "7", "--dry-run").error
