import pytest
from django.db import IntegrityError, transaction

from misthoorn.common import clock
from misthoorn.constituency.models import Organisation
from misthoorn.work.bulk import insert_models

pytestmark = pytest.mark.django_db


def _organisation(number: str, **values: str) -> Organisation:
    return Organisation(name='Bakkerij\tvan\\de "hoek"\n', register_number=number, created_at=clock.now(), **values)


def test_objects_are_inserted_as_they_are_saved_one_by_one():
    first = _organisation("00000001", sector="trade")
    insert_models([first, _organisation("00000002")])
    _organisation("00000003", sector="trade").save()
    rows = list(Organisation.objects.order_by("register_number").values())
    own = ("id", "register_number", "created_at")
    alike = [{key: value for key, value in row.items() if key not in own} for row in rows]
    assert alike[0] == alike[2] != alike[1]
    assert rows[0]["created_at"] == first.created_at
    assert first.pk is None


def test_what_a_constraint_refuses_is_refused_as_ever_and_nothing_of_it_is_written():
    insert_models([_organisation("00000001")])
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_models([_organisation("00000002"), _organisation("00000001")])
    assert Organisation.objects.count() == 1


def test_without_objects_nothing_is_asked(django_assert_num_queries):
    with django_assert_num_queries(0):
        insert_models([])
