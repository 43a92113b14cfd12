"""Who reads what, where."""

from bot.ctx import Who
from tests.script.steps import card_of, shows


def test_answers_are_private_and_what_all_see_names_its_channel(sitting):
    sitting.plays("ana: help", "ben: help")
    printed, status = sitting.plays("ana: kudos give @ben for the long docs")
    assert status == 0
    assert printed[0].startswith("[ana] ben has it")
    assert any(line.startswith("[#general] ana thanked ben") and line.endswith("(k1)") for line in printed)


def test_direct_messages_name_the_one_who_reads_them(sitting):
    printed, _status = sitting.plays("ben: help", "ana@dm: kudos give @ben for the long docs")
    assert any(line.startswith("[ana@dm] ben has it") for line in printed)
    assert any(line.startswith("[ben@dm] ana thanked ben") and line.endswith("(k1)") for line in printed)


def test_a_message_to_several_names_them_all(sitting):
    people = tuple(Who(name, name) for name in ("ana", "ben"))
    shows(sitting, card_of(("Yes", "help")), people)
    assert "[ana+ben] Choose" in sitting.out.getvalue().splitlines()


def test_what_a_private_answer_leads_to_happens_where_it_was_asked(sitting):
    printed, _status = sitting.plays("ben: help", "ana@#random: kudos give @ben for the long docs skill:Kubernets")
    assert any(line.startswith("[ana] Did you mean Kubernetes?") for line in printed)
    printed, _status = sitting.plays("ana: press Kubernetes")
    assert any(line.startswith("[#random] ana thanked ben") and line.endswith("(k1)") for line in printed)


def test_what_is_said_elsewhere_is_posted_there(sitting):
    printed, _status = sitting.plays("ben: help", "ana@#random: kudos give @ben for the long docs")
    assert any(line.startswith("[#random] ana thanked ben") and line.endswith("(k1)") for line in printed)


def test_nothing_is_posted_from_a_direct_message(sitting):
    printed, _status = sitting.plays("ben: help", "ana@dm: kudos give @ben for the long docs")
    assert not any(line.startswith("[#") for line in printed)
    assert any(line.startswith("[ben@dm] ana thanked ben") and line.endswith("(k1)") for line in printed)


def test_what_people_say_to_each_other_thanks_where_the_admins_want_it(sitting):
    sitting.plays("admin: skill mine", "ana: skill mine", "ben: skill mine")
    said = "ana: thank you, @ben ++ for the long night"
    lines, _status = sitting.plays(said)
    assert not any("thanked @ben" in line for line in lines)
    sitting.plays("admin@dm: settings kudos plus:yes")
    lines, status = sitting.plays(said)
    assert "[#general] ana thanked ben for the long night (k1)" in lines
    assert status == 0
    for talk in ("ana: I like C++ and i++, @ben", "ana@dm: @ben ++ for the long night", "ana: kudos mine @ben ++ yes"):
        lines, _status = sitting.plays(talk)
        assert not any("thanked @ben" in line for line in lines)


def test_a_name_in_another_case_is_the_same_person(sitting):
    sitting.plays("ana: skill claim Python expert")
    printed, _status = sitting.plays("Ana: skill mine")
    assert any("Python" in line for line in printed)


def test_admin_founded_the_community_and_others_did_not(sitting):
    printed, _status = sitting.plays("ana@dm: settings", "admin@dm: settings")
    assert any(line.startswith("[ana@dm] That is for the admins here") for line in printed)
    assert any(line.startswith("[admin@dm] Settings") for line in printed)


def test_the_founder_is_there_before_anybody_speaks(sitting):
    printed, _status = sitting.plays("ana: kudos give @admin for the kettle and the chairs")
    assert printed[0] == "[ana] admin has it. 4 left today."
