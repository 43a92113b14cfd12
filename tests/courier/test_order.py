"""Cards arrive in order, and a channel that waits holds up no other."""

from datetime import timedelta

from bot.carriage import Later
from tests.courier.steps import NOW, drains, posts, row_of, states


def test_cards_of_one_channel_arrive_in_the_order_they_were_written(house):
    posts(house, *(f"c{number}" for number in range(30)))
    assert drains(house) == 30
    assert house.van.said == [f"c{number}" for number in range(30)]


def test_a_card_is_delivered_once(house):
    posts(house, "one")
    drains(house)
    assert drains(house, NOW + timedelta(hours=1)) == 0
    assert (house.van.said, states(house)) == (["one"], ["sent"])


def test_more_cards_than_one_round_takes_all_arrive_in_order(house):
    posts(house, *(f"c{number}" for number in range(450)))
    drains(house)
    assert house.van.said == [f"c{number}" for number in range(450)]


def test_asking_to_wait_is_honoured_to_the_second_and_nothing_overtakes(house):
    posts(house, "first", "second")
    house.van.trouble["first"] = Later("slow down", 30)
    drains(house)
    assert house.van.tried == ["first"]
    house.van.trouble.clear()
    drains(house, NOW + timedelta(seconds=29))
    assert house.van.said == []
    drains(house, NOW + timedelta(seconds=31))
    assert house.van.said == ["first", "second"]


def test_what_is_written_while_another_waits_does_not_overtake(house):
    posts(house, "first")
    house.van.trouble["first"] = Later("slow down", 30)
    drains(house)
    posts(house, "second")
    drains(house, NOW + timedelta(seconds=5))
    assert house.van.tried == ["first"]
    house.van.trouble.clear()
    drains(house, NOW + timedelta(seconds=31))
    assert house.van.said == ["first", "second"]


def test_one_channel_that_waits_holds_up_no_other(house):
    posts(house, "stuck")
    posts(house, "free", channel="#other")
    house.van.trouble["stuck"] = Later("slow down", 30)
    drains(house)
    assert house.van.said == ["free"]


def test_waiting_without_a_time_backs_off_ever_longer_up_to_ten_minutes(house):
    posts(house, "x")
    house.van.trouble["x"] = Later("later")
    now, waits = NOW, []
    for _ in range(15):
        drains(house, now)
        due = row_of(house, "x").due
        waits.append((due - now).total_seconds())
        now = due
    took = 30  # what a slow machine may need for a round, after which the wait begins
    assert all(0.75 * 2**at <= wait <= 1.25 * 2**at + took for at, wait in enumerate(waits[:9]))
    assert all(450 <= wait <= 750 + took for wait in waits[10:])
    assert row_of(house, "x").state == "waiting"
