"""While a restore is not finished, a worker that ran before it does nothing."""

import pytest

from misthoorn.work import restoring
from misthoorn.work.loop import Step

pytestmark = pytest.mark.django_db


def test_a_worker_that_is_running_does_nothing_until_what_waited_is_held():
    done = []
    step = restoring.unless_unfinished(Step("some", run=lambda: not done.append("worked"), pending=lambda: True))

    restoring.mark()
    restoring.mark()
    assert (restoring.is_unfinished(), step.run(), done) == (True, False, [])

    restoring.unmark()
    assert (restoring.is_unfinished(), step.run(), done) == (False, True, ["worked"])
