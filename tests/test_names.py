"""Names of skills: spellings of one skill meet, look-alikes never do, and a person decides when it is unclear."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.names import BadName, Lexicon, New, Sure, Unsure, builtin, clean, normal

SAME = [
    ("js", "JavaScript"),
    ("java script", "JavaScript"),
    ("k8s", "Kubernetes"),
    ("postgres", "PostgreSQL"),
    ("psql", "PostgreSQL"),
    ("golang", "Go"),
    ("node js", "Node.js"),
    ("NodeJS", "Node.js"),
    ("ci cd", "CI/CD"),
    ("a11y", "Accessibility"),
    ("i18n", "Internationalization"),
    ("C sharp", "C#"),
    ("cpp", "C++"),
    ("adwords", "Google Ads"),
    ("dotnet", ".NET"),
    ("gdpr", "Data protection"),
    ("ＪａｖａＳｃｒｉｐｔ", "JavaScript"),
    ("c #", "C#"),
    ("C ++", "C++"),
    ("APIs", "API design"),
    ("tech-writing", "Technical writing"),
]
DIFFERENT = [
    ("Java", "JavaScript"),
    ("React", "React Native"),
    ("SQL", "NoSQL"),
    ("Go", "Google Ads"),
    ("C", "C++"),
    ("C", "C#"),
    ("C++", "C#"),
    ("C#", "F#"),
    ("R", "Go"),
    ("C", "R"),
    ("SQL", "MySQL"),
    ("PostgreSQL", "MySQL"),
    ("Git", "GitHub"),
    ("UX design", "UI design"),
    ("Music theory", "Music therapy"),
    (".NET", "ASP.NET"),
    ("Sass", "SAS"),
    ("Accounting", "Account management"),
    ("Copywriting", "Copyright"),
    ("Angular", "AngularJS"),
    ("Data science", "Data engineering"),
    ("Norwegian", "Norwegian Nynorsk"),
]
ONLY_ALIKE = [("Java", "JavaScript"), ("React", "React Native"), ("SQL", "NoSQL"), ("Go", "Google Ads"), ("C", "R")]


def forms() -> dict[str, str]:
    return {normal(name): one.name for one in builtin() for name in (one.name, *one.aliases)}


LEXICON = Lexicon(forms())


def suggested(text: str) -> list[str]:
    found = LEXICON.resolve(text)
    assert isinstance(found, Unsure)
    return [one.key for one in found.candidates]


def test_no_spelling_stands_for_two_skills():
    spelled = [normal(name) for one in builtin() for name in (one.name, *one.aliases)]
    assert len(spelled) == len(set(spelled))


def test_the_built_in_skills_cover_the_trades_of_a_collective_and_could_all_be_typed():
    assert len(builtin()) >= 420
    assert len({one.area for one in builtin()}) >= 16
    assert all(clean(name) == name for one in builtin() for name in (one.name, *one.aliases))


@pytest.mark.parametrize(("said", "meant"), SAME)
def test_another_spelling_of_a_skill_is_that_skill(said: str, meant: str):
    assert LEXICON.resolve(said) == Sure(meant)


@pytest.mark.parametrize(("one", "other"), DIFFERENT + [(other, one) for one, other in DIFFERENT])
def test_what_only_looks_alike_is_never_merged(one: str, other: str):
    assert normal(one) != normal(other)
    assert not isinstance(Lexicon({normal(other): other}).resolve(one), Sure)
    assert LEXICON.resolve(one) != Sure(other)


@pytest.mark.parametrize(("one", "other"), ONLY_ALIKE + [(other, one) for one, other in ONLY_ALIKE])
def test_names_that_share_a_beginning_are_not_even_suggested_for_each_other(one: str, other: str):
    assert Lexicon({normal(other): other}).resolve(one) == New(one)


def test_short_names_with_signs_never_suggest_each_other():
    names = ["C", "C#", "C++", "F#", "R", "Go", ".NET", "D", "Q#", "C--3"]
    for name in names:
        others = Lexicon({normal(other): other for other in names if other != name})
        assert others.resolve(name) == New(name)


@pytest.mark.parametrize("name", ["C", "C#", "C++", ".NET", "R", "Go", "F#", "Node.js", "CI/CD", "TypeScript", "SQL"])
def test_a_known_name_means_itself_in_any_case_and_with_stray_spaces(name: str):
    assert LEXICON.resolve(f"  {name.lower()} \u200b") == Sure(name)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Kubernets", "Kubernetes"),
        ("kuberntes", "Kubernetes"),
        ("pythn", "Python"),
        ("Tehcnical writing", "Technical writing"),
        ("writing technical", "Technical writing"),
        ("Python programming", "Python"),
        ("Jvaa", "Java"),
        ("Grant writting", "Grant writing"),
    ],
)
def test_a_slip_is_asked_about_with_the_likeliest_first(typed: str, meant: str):
    assert suggested(typed)[0] == meant


def test_at_most_five_distinct_skills_are_suggested_with_likeness_that_falls():
    words = {f"paintin{letter}": ord(letter) for letter in "abcdefh"} | {"paintinng": ord("a")}
    found = Lexicon(words).resolve("painting")
    assert isinstance(found, Unsure)
    scores = [one.score for one in found.candidates]
    assert len({one.key for one in found.candidates}) == 5
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)


@pytest.mark.parametrize("name", ["Falconry", "Byzantine chant", "Python 2", "Garden design", "UI research", "ボット"])
def test_a_name_nobody_used_before_is_new(name: str):
    assert LEXICON.resolve(f" {name}  ") == New(name)


@pytest.mark.parametrize("name", ["D language", "SaaS", "CMOS", "LMS", "Projects"])
def test_a_short_name_is_not_taken_for_another_short_name(name: str):
    assert LEXICON.resolve(name) == New(name)


def test_cobol_is_not_cooking():
    assert Lexicon({normal("Cooking"): "Cooking"}).resolve("Cobol") == New("Cobol")


@pytest.mark.parametrize(
    "name", ["日本語", "हिन्दी", "C++", ".NET", "Données & cartes", "Node.js", "R&D", "3D scanning"]
)
def test_a_name_is_shown_as_it_was_written(name: str):
    assert clean(name) == name


def test_invisible_characters_and_stray_spaces_and_wrapping_are_no_part_of_a_name():
    assert clean(" \u202eGraphic\u200b \t design\u0007.\n") == "Graphic design"
    assert clean("`*Poetry*`, ") == "Poetry"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  \u200b ",
        "...",
        "+++",
        "🎉",
        "👩\u200d🔬 🎸",
        "1️⃣",
        ":tada: :+1::skin-tone-2:",
        "\u3164",
        "x" * 61,
        "x" * 5000,
        "Weaving @here",
        "@everyone",
        "＠channel",
        "<!here>",
        "<@U123> docs",
        "<b>bold</b>",
        "https://example.org/skill",
        "see www.example.org",
        "mailto:ana",
        "Weaving\nKnitting",
        "Weaving\u2028Knitting",
    ],
)
def test_what_cannot_be_a_name_is_refused_in_a_whole_sentence(text: str):
    with pytest.raises(BadName, match=r"^[A-Z].*[.?]$"):
        clean(text)
    with pytest.raises(BadName):
        LEXICON.resolve(text)


def test_sixty_characters_are_enough_and_allowed():
    assert clean("x" * 60) == "x" * 60


def test_a_beginning_completes_names_first_then_words_then_aliases_then_what_contains_it():
    names = {"Writing": "", "Grant writing": "", "Underwriting": "", "Poetry": "writ"}
    known = {normal(name): name for name in names} | {"writverse": "Poetry"}
    assert Lexicon(known).complete("Writ") == ["Writing", "Grant writing", "Poetry", "Underwriting"]


def test_an_abbreviation_written_in_full_completes_before_longer_names():
    assert LEXICON.complete("ts")[0] == "TypeScript"
    assert LEXICON.complete("c")[0] == "C"
    assert LEXICON.complete("node.")[0] == "Node.js"


def test_completions_are_unique_and_as_many_as_asked_for():
    assert LEXICON.complete("zzzz") == []
    assert len(LEXICON.complete("")) == 25
    found = LEXICON.complete("e", limit=100)
    assert len(found) == len(set(found)) == 100


def test_a_lexicon_can_mean_other_things_than_text():
    lexicon = Lexicon({"weaving": 7, "loomwork": 7, "knitting": 8})
    assert lexicon.exact("Loom work") == 7
    assert lexicon.complete("w") == [7]
    assert lexicon.resolve("Weaving") == Sure(7)


@given(st.text(max_size=90))
def test_a_cleaned_name_stays_as_it_is_and_has_a_key(text: str):
    try:
        name = clean(text)
    except BadName:
        return
    assert clean(name) == name
    assert normal(name)
    assert len(name) <= 60


@given(st.text(max_size=90))
def test_a_key_is_its_own_key(text: str):
    assert normal(normal(text)) == normal(text)


@given(st.text(max_size=90) | st.sampled_from(sorted(forms())).map(lambda form: form[1:] + form[:1]))
def test_any_text_gets_an_answer_or_a_refusal(text: str):
    try:
        found = LEXICON.resolve(text)
    except BadName:
        return
    assert isinstance(found, Sure | Unsure | New)
    assert not isinstance(found, Unsure) or 1 <= len(found.candidates) <= 5


@given(st.text(max_size=90))
def test_only_what_is_known_exactly_is_sure(text: str):
    found = LEXICON.resolve(text) if text.isalpha() else None
    if isinstance(found, Sure):
        assert forms()[normal(text)] == found.key
