"""Buttons, edited cards, reactions and names."""

import asyncio

import pytest

from bot.carriage import Parcel
from tests.script.steps import START, Sitting, card_of, shows


def test_a_button_is_pressed_by_label_in_any_case_or_by_number(sitting):
    sitting.plays("ben: help", "ana: kudos give @ben for the long docs")
    printed, _status = sitting.plays("ana: press undo")
    assert any("taken back" in line for line in printed)
    sitting.plays("ana: kudos give @ben for the patient help")
    printed, _status = sitting.plays("ana: press 1")
    assert any("taken back" in line for line in printed)


def test_a_button_on_a_named_card_is_pressed_there(sitting):
    sitting.plays(
        'ana: opportunity post "First" The very first work', 'ana: opportunity post "Second" The very second work'
    )
    sitting.plays("ben: press Interested on o1")
    printed, _status = sitting.plays("ben: opportunity mine")
    assert any("First" in line for line in printed)
    assert not any("Second" in line for line in printed)


def test_the_newest_card_is_pressed_when_none_is_named(sitting):
    sitting.plays(
        'ana: opportunity post "First" The very first work', 'ana: opportunity post "Second" The very second work'
    )
    printed, _status = sitting.plays("ben: press Interested")
    assert any("Second" in line for line in printed)


def test_nobody_presses_what_only_others_see(sitting):
    sitting.plays("ben: help", "ana: kudos give @ben for the long docs")
    printed, _status = sitting.plays("ben: press Undo")
    assert printed == ["[ben] There is nothing here for you to press yet."]


def test_a_tie_between_buttons_of_one_label_is_refused(sitting):
    shows(sitting, card_of(("Vouch", "help"), ("Vouch", "skill mine")))
    assert "Say the number" in sitting.plays("ana: press Vouch")[0][0]
    assert "Your list is empty" in sitting.plays("ana: press 2")[0][0]


def test_one_of_several_alike_is_told_by_what_it_concerns(sitting):
    sitting.plays(
        'ana: opportunity post "First" The very first work', 'ana: opportunity post "Second" The very second work'
    )
    shows(sitting, card_of(("Show", "opportunity show o1"), ("Show", "opportunity show opportunity:o2")))
    assert "First" in sitting.plays("ana: press Show on o1")[0][0]
    assert "Second" in sitting.plays("ana: press Show on o2")[0][0]
    assert sitting.plays("ana: press Show on o7")[0] == ["[ana] Nothing about o7 that you can see has a button “Show”."]


def test_an_id_is_not_the_beginning_of_a_longer_one(sitting):
    shows(sitting, card_of(("Show", "opportunity show o12"), ("Show", "opportunity show o13")))
    assert "Nothing about o1 " in sitting.plays("ana: press Show on o1")[0][0]


def test_a_label_is_sought_on_the_newest_card_that_has_it_and_a_number_on_the_newest_alone(sitting):
    shows(sitting, card_of(("First", "skill mine"), ("More", "skill mine")))
    shows(sitting, card_of(("Second", "help")))
    assert "Your list is empty" in sitting.plays("ana: press First")[0][0]
    shows(sitting, card_of(("Third", "help")))
    assert "The newest card has: Third." in sitting.plays("ben: press 2")[0][0]
    assert "The newest card has: Third." in sitting.plays("ben: press Fourth")[0][0]


def test_an_edited_card_stays_where_it_stood(sitting):
    sitting.plays('ana: opportunity post "First" The very first work', "ben: press Interested on o1")
    assert "in touch" in sitting.plays("ana: press 1")[0][0]


def test_two_buttons_that_say_the_same_are_no_tie(sitting):
    shows(sitting, card_of(("Help", "help"), ("Help", "help")))
    assert sitting.plays("ana: press Help")[1] == 0


@pytest.mark.parametrize("number", ["0", "3", "99", "²"])
def test_a_number_without_a_button_is_refused(sitting, number):
    shows(sitting, card_of(("A", "help"), ("B", "help")))
    assert "no button" in sitting.plays(f"ana: press {number}")[0][0]


def test_a_card_that_is_edited_replaces_the_old_one(sitting):
    sitting.plays('ana: opportunity post "First" The very first work', "ana: opportunity close o1 cancelled")
    assert "nothing here" in sitting.plays("ben: press Interested on o1")[0][0]


def test_an_edited_message_is_shown_again_whole(sitting):
    sitting.plays("ben: help", "carol: help", "ana: kudos give @ben for the long docs")
    printed, _status = sitting.plays("carol: react :raised_hands: on k1")
    edited = [line for line in printed if line.startswith("[#general] (edited) ")]
    assert edited[0].endswith("ana thanked ben for the long docs (k1)")
    assert "carol" in edited[1]


def test_a_private_card_that_reaches_nobody_is_shown_to_nobody(sitting):
    parcel = Parcel(1, sitting.world.place, card_of(("Secret", "help")), "", (), {})
    asyncio.run(sitting.session.carry(parcel))
    assert "nothing here" in sitting.plays("ana: press Secret")[0][0]


def test_buttons_on_old_cards_work_after_a_restart(sitting):
    sitting.plays('ana: opportunity post "First" The very first work')
    again = Sitting(sitting.world)
    again.plays(START)
    printed, status = again.plays("ben: press Interested on o1")
    assert status == 0
    assert any("hears that you are interested" in line for line in printed)


def test_private_cards_stay_private_after_a_restart(sitting):
    sitting.plays('ana: opportunity post "First" The very first work', "ben: press Interested on o1")
    again = Sitting(sitting.world)
    again.plays(START)
    assert "no button" in again.plays("ben: press Meet them")[0][0]
    assert "in touch" in again.plays("ana: press Meet them on o1")[0][0]


def test_a_reaction_thanks_and_taking_it_away_takes_it_back(sitting):
    sitting.plays("ben: help", "carol: help", "ana: kudos give @ben for the long docs")
    printed, _status = sitting.plays("carol: react :raised_hands: on k1")
    assert any(line.startswith("[carol] You thanked ben too") for line in printed)
    printed, _status = sitting.plays("carol: unreact :raised_hands: on k1")
    assert any("taken back" in line for line in printed)


def test_another_reaction_says_nothing(sitting):
    sitting.plays("ben: help", "carol: help", "ana: kudos give @ben for the long docs")
    assert sitting.plays("carol: react :tada: on k1") == ([], 0)


def test_people_are_called_as_their_name_was_first_written_also_after_a_restart(sitting):
    sitting.plays("Ben: help", "ana: help")
    printed, _status = sitting.plays("ana: kudos give @ben for the long docs", "BEN: skill mine")
    assert "[#general] ana thanked Ben for the long docs (k1)" in printed
    assert "[Ben] Your list is empty." in printed
    again = Sitting(sitting.world)
    again.plays(START)
    printed, _status = again.plays("ben: skill mine", "carol: help", "carol: kudos of @ben")
    assert printed[0] == "[Ben] Your list is empty."
    assert "[carol] Thanks to Ben" in printed


def test_one_name_in_two_forms_of_unicode_is_one_person(sitting):
    sitting.plays("Jose\u0301: skill claim Python", "ana: help")
    printed, _status = sitting.plays("ana: skill of @Jos\u00e9", "Jos\u00c9: skill mine")
    assert "[ana] What Jos\u00e9 can do" in printed
    assert "[Jos\u00e9] Your skills" in printed
    sitting.plays("Jose\u0301: skill claim")
    assert sitting.plays("Jos\u00e9: fill skill:Go")[0][0].startswith("[Jos\u00e9] Go, ")


def test_a_refused_form_says_beside_which_field(sitting):
    sitting.plays('ana: opportunity post "Fix the roof"')
    printed, status = sitting.plays('ana: fill description:"It leaks in the north corner" until:"31 June"')
    assert status == 0
    assert printed[0].startswith("[ana] until: That should be a date such as ")
    printed, _status = sitting.plays('ana: fill until:"1 May"')
    assert "[#general] Fix the roof (o1), from ana" in printed
