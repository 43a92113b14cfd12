"""Forms, and lines that cannot be read."""

import pytest


def test_a_form_prints_what_is_missing_and_filling_submits_it(sitting):
    printed, status = sitting.plays("ana: opportunity post")
    assert status == 0
    assert any("title:" in line for line in printed)
    printed, status = sitting.plays('ana: fill title:"Data pipeline" description:"Ten sensors, one dashboard"')
    assert status == 0
    assert "[#general] Data pipeline (o1), from ana" in printed


def test_a_form_keeps_what_was_filled_in_before_a_refusal(sitting):
    sitting.plays("ana: opportunity post")
    printed, _status = sitting.plays('ana: fill title:"Data pipeline" description:short')
    assert not any("o1" in line for line in printed)
    printed, _status = sitting.plays('ana: fill description:"Ten sensors, one dashboard"')
    assert any("Data pipeline" in line for line in printed)


@pytest.mark.parametrize("said", ["fill reason:x", "fill nonsense", "press Vouch", "press 9", "press 1 on k99"])
def test_what_cannot_be_done_is_refused_in_words(sitting, said):
    printed, status = sitting.plays(f"zed: {said}")
    assert (len(printed), status, sitting.err.getvalue()) == (1, 0, "")
    assert printed[0].startswith("[zed] ")


def test_filling_takes_only_the_names_of_the_form_and_keeps_what_was_typed(sitting):
    sitting.plays("ben: help", "ana: kudos give")
    printed, status = sitting.plays('ana: fill to:@ben for:"the docs"')
    assert (printed[0].startswith("[ana] This form does not ask for"), status) == (True, 0)
    assert "to, reason, skill" in printed[0]
    printed, _status = sitting.plays('ana: fill reason:"the long docs"')
    assert printed[0] == "[ana] ben has it. 4 left today. Did it show a skill?"


def test_a_form_prints_all_its_fields_the_required_ones_first(sitting):
    printed, _status = sitting.plays("ana: kudos give")
    names = [line.removeprefix("[ana]   ").partition(":")[0] for line in printed[1:4]]
    assert names == ["to", "reason", "skill"]


def test_unreadable_lines_are_reported_by_number_and_the_rest_runs(sitting):
    printed, status = sitting.plays("ana: help", "nonsense", "now: soon", "ben: help")
    assert status == 2
    assert [line.split(":")[0] for line in sitting.err.getvalue().splitlines()] == ["line 2", "line 3"]
    assert {"[ana] What would you like to do?", "[ben] What would you like to do?"} <= set(printed)


def test_a_refusal_is_an_answer(sitting):
    printed, status = sitting.plays("ana: kudos give @nobody for the docs", "ana: nonsense")
    assert (status, sitting.err.getvalue()) == (0, "")
    assert sum(line.startswith("[ana] I don't know") for line in printed) == 2
