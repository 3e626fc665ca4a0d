"""publiccode.yml tells catalogues of public software what this is: held to the standard and to the project here."""

import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PUBLICCODE = yaml.safe_load((ROOT / "publiccode.yml").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_every_part_that_the_standard_asks_for_is_there():
    mandatory = "publiccodeYmlVersion name url platforms developmentStatus softwareType description legal maintenance"

    assert set(mandatory.split()) <= set(PUBLICCODE)
    assert set(PUBLICCODE["localisation"]) == {"localisationReady", "availableLanguages"}
    assert PUBLICCODE["maintenance"]["contacts"]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_descriptions_have_the_length_that_the_standard_allows(language):
    text = PUBLICCODE["description"][language]

    assert 0 < len(text["shortDescription"]) <= 150
    assert 150 <= len(text["longDescription"]) <= 10_000
    assert 5 <= len(text["features"]) <= 20


def test_it_says_the_same_as_the_project_itself():
    assert PUBLICCODE["softwareVersion"] == PROJECT["version"]
    assert PUBLICCODE["legal"]["license"] == PROJECT["license"]
    assert (ROOT / PUBLICCODE["logo"]).is_file()
    assert f">={PUBLICCODE['dependsOn']['open'][0]['versionMin']}" == PROJECT["requires-python"]
