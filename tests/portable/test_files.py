"""What such a file proves, and that nothing in it can be changed."""

import json
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.credential import Broken, in_words, new_key, sign, verify
from tests.portable.steps import DATA, PRIVATE, PUBLIC, SAID, leaves

OTHER, OTHER_PRIVATE = new_key()


LATER = datetime(2100, 1, 1, tzinfo=UTC)


TO_COME = sign(replace(SAID, at=LATER), "r2", PUBLIC, PRIVATE)


def changed(path, change, data=DATA):
    """The document with one text changed, written as it would have been."""
    document = deepcopy(json.loads(data))
    inner = document
    for step in path[:-1]:
        inner = inner[step]
    change(inner, path[-1])
    return (json.dumps(document, sort_keys=True, ensure_ascii=False, indent=2) + "\n").encode()


def other_letter(inner, key):
    inner[key] = inner[key][:-1] + ("x" if inner[key][-1] != "x" else "y")


def gone(inner, key):
    del inner[key]


LEAVES = list(leaves(json.loads(DATA)))


def test_it_says_what_was_said_and_who_signed_it():
    found = verify(DATA, [PUBLIC])
    assert found.statement == SAID
    assert found.key == PUBLIC
    assert in_words(found, proven=True, now=SAID.at).startswith(
        f"Intact, and signed by the holder of the key {PUBLIC}."
    )


def test_without_a_key_it_is_intact_and_its_issuer_unproven():
    assert "Intact, issuer unproven" in in_words(verify(DATA), proven=False, now=SAID.at)


def test_a_file_of_a_day_that_is_still_to_come_is_intact_and_the_day_is_told():
    found = verify(TO_COME, [PUBLIC])
    assert found.statement.at == LATER
    assert "still to come" in in_words(found, proven=True, now=SAID.at)
    assert "still to come" not in in_words(found, proven=True, now=LATER)


@pytest.mark.parametrize("path", list(leaves(json.loads(TO_COME))), ids=lambda path: ".".join(map(str, path)))
def test_no_text_of_such_a_file_can_be_changed_either(path):
    with pytest.raises(Broken):
        verify(changed(path, other_letter, TO_COME))


def test_a_stranger_cannot_sign_such_a_file_for_the_community():
    with pytest.raises(Broken):
        verify(sign(replace(SAID, at=LATER), "r2", PUBLIC, OTHER_PRIVATE), [PUBLIC])


@pytest.mark.parametrize(
    "said", [f"did:key:{PUBLIC}", f"did:key:{PUBLIC}#{PUBLIC}", PUBLIC], ids=["did:key", "with its fragment", "bare"]
)
def test_a_key_may_be_named_in_every_usual_way(said):
    assert verify(DATA, [OTHER, said]).key == PUBLIC


@pytest.mark.parametrize("key", [OTHER, "nonsense", "", PUBLIC[:-1]], ids=["another", "nonsense", "none", "short"])
def test_another_key_does_not_fit(key):
    with pytest.raises(Broken, match="not signed with that key"):
        verify(DATA, [key])


def test_a_stranger_who_signs_the_same_words_is_not_the_community():
    forged = sign(SAID, "r1", OTHER, OTHER_PRIVATE)
    assert verify(forged).key == OTHER
    with pytest.raises(Broken):
        verify(forged, [PUBLIC])


def test_a_stranger_cannot_put_the_communitys_key_on_their_own_signature():
    with pytest.raises(Broken):
        verify(sign(SAID, "r1", PUBLIC, OTHER_PRIVATE), [PUBLIC])


@pytest.mark.parametrize("path", LEAVES, ids=lambda path: ".".join(map(str, path)))
def test_no_text_of_it_can_be_changed(path):
    with pytest.raises(Broken):
        verify(changed(path, other_letter))


@pytest.mark.parametrize("path", LEAVES, ids=lambda path: ".".join(map(str, path)))
def test_no_text_of_it_can_be_left_out(path):
    with pytest.raises(Broken):
        verify(changed(path, gone))


@settings(deadline=None, max_examples=150)
@given(st.integers(0, len(DATA) - 1), st.integers(1, 255))
def test_no_byte_of_it_can_be_changed(at, by):
    with pytest.raises(Broken):
        verify(DATA[:at] + bytes([DATA[at] ^ by]) + DATA[at + 1 :])


@settings(deadline=None, max_examples=60)
@given(st.integers(0, len(DATA)), st.binary(min_size=1, max_size=4))
def test_nothing_can_be_put_into_it(at, more):
    with pytest.raises(Broken):
        verify(DATA[:at] + more + DATA[at:])


@settings(deadline=None, max_examples=60)
@given(st.integers(0, len(DATA) - 1), st.integers(1, 200))
def test_nothing_can_be_cut_out_of_it(at, count):
    with pytest.raises(Broken):
        verify(DATA[:at] + DATA[at + count :])


@given(st.binary(max_size=200))
def test_what_is_no_credential_is_told_kindly(data):
    with pytest.raises(Broken):
        verify(data)


def test_a_number_cannot_be_moved_to_another_skill():
    document = json.loads(DATA)
    results = document["credentialSubject"]["result"]
    results[2]["value"], results[3]["value"] = results[3]["value"], results[2]["value"]
    with pytest.raises(Broken):
        verify((json.dumps(document, sort_keys=True, ensure_ascii=False, indent=2) + "\n").encode())
