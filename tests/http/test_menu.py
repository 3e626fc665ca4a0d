"""The desk's menu leads to every page."""

import cast
import pytest
from django.urls import get_resolver, reverse

from misthoorn.web.menu import MENU, current

NAMES = [name for name in get_resolver().reverse_dict if isinstance(name, str) and name.startswith("desk")]
ENTRIES = [entry for group in MENU for entry in group.entries]
IN_THE_FOOTER = "desk-privacy"


@pytest.mark.parametrize("name", [name for name in NAMES if name != IN_THE_FOOTER])
def test_every_page_of_the_desk_lies_under_an_entry(name):
    assert current(name) != (None, None)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
@pytest.mark.django_db
def test_an_entry_marks_its_own_page_and_its_group_shows_its_neighbours(client, entry):
    cast.sign_in(client, cast.ANALYST)

    page = client.get(reverse(entry.name)).content.decode()

    assert f'<a href="{reverse(entry.name)}" aria-current="page">{entry.text}</a>' in page
    group, _ = current(entry.name)
    assert group is not None
    assert all(page.count(f'href="{reverse(one.name)}"') >= min(2, len(group.entries)) for one in group.entries)
