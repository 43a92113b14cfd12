"""The clock of the community."""

from datetime import UTC, datetime

import pytest

from tests.encoders import Words
from tests.script.steps import Sitting
from tests.world import World


@pytest.fixture
def unset(tmp_path):
    """A community whose clock nobody has set."""
    world = World(tmp_path / "unset.db", Words())
    yield Sitting(world)
    world.close()


def test_the_clock_never_goes_backwards(sitting):
    _printed, status = sitting.plays("now: 2026-11-30T08:59")
    assert status == 2
    assert "backwards" in sitting.err.getvalue()
    assert sitting.plays("now: 2026-11-30T09:00", "now: 2026-12-01")[1] == 0


def test_the_clock_stands_still_and_the_next_process_begins_there(sitting):
    sitting.plays("now: 2126-05-01T12:00")
    again = Sitting(sitting.world)
    assert again.session.moment == datetime(2126, 5, 1, 10, tzinfo=UTC)
    assert again.plays("now: 2126-05-01T11:59")[1] == 2
    assert again.plays("now: 2126-05-01T12:00")[1] == 0


def test_until_a_script_sets_it_the_time_is_the_real_one(unset):
    before = datetime.now(UTC)
    assert before <= unset.session.moment <= datetime.now(UTC)
    assert unset.plays("now: 2020-01-01T09:00")[1] == 0
    assert unset.session.moment == datetime(2020, 1, 1, 9, tzinfo=UTC)


def test_nothing_happens_before_what_happened_in_the_real_time_either(unset):
    unset.plays("ana: skill claim Python")
    assert unset.plays("now: 2020-01-01T09:00")[1] == 2
    assert Sitting(unset.world).plays("now: 2020-01-01T09:00")[1] == 2


def test_a_moment_before_all_calendars_is_refused_like_any_other(sitting):
    assert sitting.plays("now: 0001-01-01T00:00")[1] == 2
    assert "backwards" in sitting.err.getvalue()


def test_the_clock_is_in_the_zone_of_the_community(sitting):
    assert sitting.session.moment == datetime(2026, 11, 30, 8, tzinfo=UTC)


def test_what_falls_due_happens_when_the_clock_is_set(sitting):
    sitting.plays('ana: opportunity post "Data pipeline" Ten sensors, one dashboard until:2026-12-02')
    printed, _status = sitting.plays("now: 2026-12-03T00:00")
    assert any("is closed" in line and line.startswith("[ana@dm]") for line in printed)
