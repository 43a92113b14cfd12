"""The grammar of a command line: what people type becomes the raw text of each argument."""

from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import features
from bot.command import Command, command
from bot.ctx import Ctx
from bot.kinds import Ask, Url
from bot.line import bind, quote, tokens, write
from bot.ui import Reply
from storage.models import Member, Skill

CATALOGUE = features.catalogue()
GIVE = CATALOGUE.commands["kudos give"]
CLAIM = CATALOGUE.commands["skill claim"]
VOUCH = CATALOGUE.commands["skill vouch"]
POST = CATALOGUE.commands["opportunity post"]
CLOSE = CATALOGUE.commands["opportunity close"]
Size = Literal["small", "large"]


@command("cake bake", "Bake a cake")
def bake(
    ctx: Ctx,
    title: Annotated[str, Ask("Name")],
    words: Annotated[str, Ask("Words", long=True)],
    count: int = 1,
    size: Size = "small",
    link: Url | None = None,
) -> Reply:
    """A command of every textual sort, for the grammar alone."""


def values(of: Command, text: str) -> dict[str, object]:
    return dict(bind(of, text).values)


def test_arguments_come_in_order():
    assert values(VOUCH, "@ben Python") == {"member": "@ben", "skill": "Python"}


def test_several_words_in_one_argument_are_quoted():
    assert values(POST, '"Data pipeline" Ten sensors') == {"title": "Data pipeline", "description": "Ten sensors"}


def test_the_last_required_text_takes_the_rest_of_the_line():
    assert values(GIVE, "@ben the docs, and the tests") == {"to": ("@ben",), "reason": "the docs, and the tests"}


def test_options_after_the_rest_are_given_by_key():
    found = values(GIVE, "@ben the docs skill:writing")
    assert found == {"to": ("@ben",), "reason": "the docs", "skill": "writing"}


def test_a_key_may_stand_anywhere():
    same = {"to": ("@ben",), "reason": "the long docs", "skill": "writing"}
    assert values(GIVE, "skill:writing @ben the long docs") == same
    assert values(GIVE, "@ben skill:writing the long docs") == same
    assert values(GIVE, "@ben the skill:writing long docs") == same


def test_a_keyed_value_with_spaces_is_quoted():
    assert values(GIVE, '@ben the docs skill:"Technical writing"')["skill"] == "Technical writing"


def test_a_key_is_read_in_any_case():
    assert values(GIVE, "@ben the docs SKILL:writing")["skill"] == "writing"


def test_a_space_after_the_colon_is_no_key():
    assert values(GIVE, "@ben my skill: patience") == {"to": ("@ben",), "reason": "my skill: patience"}


def test_a_word_with_a_colon_that_is_no_argument_stays_a_word():
    assert values(GIVE, "@ben the fix:hotfix at 10:30") == {"to": ("@ben",), "reason": "the fix:hotfix at 10:30"}


def test_a_trailing_word_that_is_a_choice_is_that_choice():
    assert values(CLAIM, "Python expert") == {"skill": "Python", "level": "expert"}


def test_a_trailing_choice_is_read_in_any_case():
    assert values(CLAIM, "Python Expert") == {"skill": "Python", "level": "Expert"}


def test_a_skill_of_several_words_needs_no_quotes_before_its_level():
    assert values(CLAIM, "Technical writing proficient") == {"skill": "Technical writing", "level": "proficient"}


def test_a_trailing_link_is_the_link():
    found = values(CLAIM, "Python expert https://example.org/me")
    assert found == {"skill": "Python", "level": "expert", "evidence": "https://example.org/me"}


def test_a_quoted_trailing_choice_is_just_a_word():
    assert values(CLAIM, 'Python "expert"')["skill"] == 'Python "expert"'


def test_a_choice_alone_is_the_argument_and_not_the_choice():
    assert values(CLAIM, "expert") == {"skill": "expert"}


def test_several_people_are_mentioned_one_after_another():
    assert values(GIVE, "@ben @carol the docs")["to"] == ("@ben", "@carol")


def test_people_may_be_joined_by_commas_and_words():
    assert values(GIVE, "@ben, @carol and @dan the docs") == {"to": ("@ben", "@carol", "@dan"), "reason": "the docs"}


def test_a_joining_word_before_no_mention_begins_the_reason():
    assert values(GIVE, "@ben and everybody else") == {"to": ("@ben",), "reason": "and everybody else"}


def test_mentions_of_a_platform_are_people():
    found = values(GIVE, "<@U123|ben> <@!456> the docs")
    assert found == {"to": ("<@U123|ben>", "<@!456>"), "reason": "the docs"}


def test_a_keyed_argument_of_many_takes_all_its_names():
    assert values(GIVE, 'to:"@ben, @carol" to:@dan the docs')["to"] == ("@ben", "@carol", "@dan")


def test_several_people_may_be_optional():
    found = values(CLOSE, "o12 filled @ben @carol")
    assert found == {"opportunity": "o12", "outcome": "filled", "by": ("@ben", "@carol")}


def test_curly_quotes_are_quotes():
    assert values(POST, "“Data pipeline” Ten sensors")["title"] == "Data pipeline"
    assert values(POST, "„Data pipeline“ Ten sensors")["title"] == "Data pipeline"


def test_escaped_quotes_stay_in_the_value():
    assert values(POST, r'"The \"big\" one" Ten sensors')["title"] == 'The "big" one'


def test_a_no_break_space_parts_words_as_a_space_does():
    assert values(GIVE, "@ben\u00a0the docs") == {"to": ("@ben",), "reason": "the docs"}


def test_an_unbalanced_quote_is_just_a_character():
    assert values(GIVE, '@ben the "docs') == {"to": ("@ben",), "reason": 'the "docs'}


def test_quotes_inside_the_rest_stay_as_they_were_typed():
    assert values(GIVE, '@ben for "the" docs')["reason"] == 'for "the" docs'


def test_a_quoted_rest_loses_its_quotes():
    assert values(GIVE, '@ben "the docs"')["reason"] == "the docs"


def test_line_breaks_in_the_rest_are_kept():
    assert values(GIVE, "@ben first\n\nsecond")["reason"] == "first\n\nsecond"


def test_words_that_nobody_wants_are_left_over():
    assert bind(CATALOGUE.commands["kudos undo"], "right now").left == "right now"


def test_an_empty_line_binds_nothing():
    bound = bind(GIVE, "")
    assert (bound.values, bound.left) == ({}, "")


def test_a_trailing_number_belongs_to_the_words():
    assert values(bake, '"Tart" with plums 3') == {"title": "Tart", "words": "with plums 3"}


def test_of_two_texts_the_first_takes_all_unless_it_is_quoted():
    assert values(bake, "Tart with plums") == {"title": "Tart with plums"}
    assert values(bake, '"Tart" with plums') == {"title": "Tart", "words": "with plums"}


def test_a_key_that_stands_apart_from_its_value_is_noticed():
    assert bind(bake, 'Tart words: "with plums"').apart == 'words:"with plums"'
    assert bind(bake, "Tart size: small").apart == "size:small"
    assert bind(bake, "Tart size:").apart == "size:..."
    assert bind(bake, 'Tart words:"with plums"').apart == ""
    assert bind(bake, '"Tart words:" with plums').apart == ""


def test_words_that_are_known_as_a_whole_are_not_taken_apart():
    assert values(CLAIM, "Machine learning") == {"skill": "Machine", "level": "learning"}
    assert bind(CLAIM, "Machine learning", lambda param, words: words == "Machine learning").values == {
        "skill": "Machine learning"
    }
    assert bind(CLAIM, "Machine learning expert", lambda param, words: words == "Machine learning").values == {
        "skill": "Machine learning",
        "level": "expert",
    }


@pytest.mark.parametrize(
    ("said", "to", "reason"),
    [
        ("@ben: the docs", ("@ben",), "the docs"),
        ("@ben and @carol: the docs", ("@ben", "@carol"), "the docs"),
        ("@ben&@carol: the docs", ("@ben", "@carol"), "the docs"),
        ("@ben: @carol told me of the docs", ("@ben",), "@carol told me of the docs"),
        ("<@U1>, <@U2|carol>: the docs", ("<@U1>", "<@U2|carol>"), "the docs"),
        ("@ben until 23:45, see https://example.org :tada:", ("@ben",), "until 23:45, see https://example.org :tada:"),
    ],
)
def test_whom_it_is_about_may_end_in_a_colon(said, to, reason):
    assert values(GIVE, said) == {"to": to, "reason": reason}


def test_a_leading_key_leaves_the_order_of_the_others():
    assert values(bake, 'words:"with plums" Tart') == {"words": "with plums", "title": "Tart"}


def test_quoting_leaves_plain_words_alone():
    assert quote("plain") == "plain"
    assert quote("two words") == '"two words"'
    assert quote("") == '""'


def test_a_written_line_names_every_argument():
    ben, python = Member(number=12, name="ben"), Skill(name="Technical writing", normal="technicalwriting")
    assert write(VOUCH, {"member": ben, "skill": python}) == 'skill vouch member:@m12 skill:"Technical writing"'


def test_a_written_list_repeats_its_key():
    people = [Member(number=1, name="a"), Member(number=2, name="b")]
    assert write(GIVE, {"to": people}) == "kudos give to:@m1 to:@m2"


SAID = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60).filter(lambda one: one.strip())


@given(SAID, SAID)
def test_what_is_written_reads_the_same(title, words):
    line = write(bake, {"title": title, "words": words, "count": 3, "size": "large"})
    bound = bind(bake, line.removeprefix("cake bake "))
    assert bound.values == {"title": title, "words": words, "count": "3", "size": "large"}
    assert bound.left == ""


@given(SAID)
def test_a_quoted_value_is_one_token(value):
    assert [(one.key, one.text) for one in tokens(f"title:{quote(value)}", ["title"])] == [("title", value)]


@given(st.text(max_size=300))
def test_any_text_can_be_bound_and_no_word_is_invented(text):
    for one in (GIVE, CLAIM, bake, CLOSE):
        bound = bind(one, text)
        said = "".join("".join(value) for value in bound.values.values()) + bound.left
        assert {letter for letter in said if letter.isalpha()} <= {letter for letter in text if letter.isalpha()}


@given(st.lists(st.sampled_from(["@ben", "<@U1>", "and", ",", '"', "skill:", "level:x", "expert", "o1", "\n"])))
def test_any_order_of_grammatical_words_can_be_bound(words):
    for one in CATALOGUE.commands.values():
        assert isinstance(bind(one, " ".join(words)).left, str)


def test_people_may_stand_close_together():
    bound = bind(GIVE, "@ben,@carol, and <@U3|dave> the docs, all of them")
    assert bound.values == {"to": ("@ben", "@carol", "<@U3|dave>"), "reason": "the docs, all of them"}
