"""What is written about the project is true: commands, variables, targets, links."""

import re
from pathlib import Path

import pytest

from adapters import docs
from bot import features
from bot.reputation import WEIGHTS
from jobs.environment import Environment
from jobs.once import JOBS

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
OPERATING = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")


def links(page):
    """Where the links of a page lead, but for those to other sites."""
    found = re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    return [one for one in found if not re.match(r"[a-z]+:", one)]


def headings(page):
    """The anchors that the headings of a page make."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.casefold()).replace(" ", "-") for title in titles}


def targets():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))


def test_the_page_of_commands_is_what_the_commands_declare():
    written = (ROOT / docs.FILE).read_text(encoding="utf-8")
    assert written == docs.page(), "`make docs` writes it anew"


def test_every_command_that_people_see_is_on_the_page():
    rows = [line for line in docs.page().splitlines() if line.startswith("| `/")]
    named = {line.split("`")[5].split(" [")[0] for line in rows}
    visible = features.catalogue().visible()
    assert len(rows) == len(visible)
    assert {one.usage.split(" [")[0] for one in visible} == named


@pytest.mark.parametrize("command", features.catalogue().visible(), ids=lambda one: one.name)
def test_every_command_says_what_it_is_for(command):
    assert re.fullmatch(r"[A-Z].{5,70}[^.]", command.about), command.about


def test_the_weights_of_words_are_what_the_page_says():
    page = (ROOT / "docs" / "reputation.md").read_text(encoding="utf-8")
    told = {kind: float(weight) for kind, weight in re.findall(r"^\| `(\w+)` \| ([\d.]+) \|", page, re.MULTILINE)}
    assert told == WEIGHTS


@pytest.mark.parametrize("name", Environment.model_fields)
def test_every_variable_is_explained_to_the_operator(name):
    assert f"`{name.upper()}`" in OPERATING


def test_no_variable_is_explained_that_nobody_reads():
    table = re.findall(r"^\| ((?:`[A-Z_]+` ?)+)\|", OPERATING, re.MULTILINE)
    named = {name for row in table for name in re.findall(r"[A-Z_]+", row)}
    assert named
    assert named <= {name.upper() for name in Environment.model_fields}


def test_every_job_is_explained_to_the_operator():
    assert [name for name in JOBS if f"`{name}`" not in OPERATING] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_documented_target_can_be_made(page):
    named = set(re.findall(r"(?:`|^ {4}|[A-Z_]+=\S+ )make ([a-z]+)", page.read_text(encoding="utf-8"), re.MULTILINE))
    assert named <= targets()


def test_the_first_page_names_how_to_try_run_and_test_it():
    named = set(re.findall(r"\bmake ([a-z]+)\b", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert {"demo", "run", "test", "check"} <= named


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page):
    for link in links(page):
        file, _, anchor = link.partition("#")
        goal = (page.parent / file).resolve() if file else page
        assert goal.exists(), f"{page.name} links to {link}"
        assert not anchor or anchor in headings(goal), f"{page.name} links to {link}"


def test_every_page_can_be_reached_from_the_first():
    reached = {(ROOT / link).resolve() for link in links(ROOT / "README.md")}
    assert [page.name for page in PAGES[1:] if page.resolve() not in reached] == []


def test_every_folder_of_the_first_page_exists():
    folders = re.findall(r"^\| `(\w+)/` \|", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert folders
    assert [name for name in folders if not (ROOT / name).is_dir()] == []


def test_what_is_new_waits_under_unreleased():
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    unreleased = re.search(r"^## Unreleased\n\n### \w+\n\n- ", changes, re.MULTILINE)
    assert unreleased, "a change for members or admins is told there first"
