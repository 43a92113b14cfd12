"""The demo: its scripts can be read, and its week ends with a digest that names people."""

import re
from pathlib import Path

import pytest

from adapters.local import script
from demo import play

SCRIPTS = (play.ARRIVALS, play.WEEK)
MEMBERS = 60
PNG = b"\x89PNG\r\n\x1a\n"


def lines(name):
    return (play.HERE / name).read_text(encoding="utf-8").splitlines()


def matched(transcript):
    """The opportunities of the digest under which somebody is named with a reason."""
    digest = [line.removeprefix("[#digest]").rstrip() for line in transcript if line.startswith("[#digest]")]
    found = set()
    current = ""
    for line in digest:
        if opportunity := re.match(r"\s+.+ \((o\d+)\), from ", line):
            current = opportunity[1]
        elif current and re.match(r"\s+- who could: \w+ \(\w+", line):
            found.add(current)
        else:
            current = ""
    return found


def printed_on_the_first_page():
    """The pieces of the transcript that the README shows."""
    shown = (Path(play.HERE).parent / "README.md").read_text(encoding="utf-8")
    return re.search(r"```text\n(.*?)\n```", shown, re.DOTALL)[1].split("\n...\n")


def test_the_picture_on_the_first_page_is_there():
    page = (Path(play.HERE).parent / "README.md").read_text(encoding="utf-8")
    (picture,) = re.findall(r"!\[.+\]\((.+)\)", page)
    assert (Path(play.HERE).parent / picture).read_bytes().startswith(PNG)


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_line_of_the_demo_can_be_read(name):
    steps = [script.read(line) for line in lines(name)]
    assert len([step for step in steps if step]) > 50


def test_the_community_is_big_enough_to_be_believed():
    people = {step.who.casefold() for line in lines(play.ARRIVALS) if isinstance(step := script.read(line), script.Act)}
    assert len(people) >= MEMBERS


def test_the_week_goes_forward():
    moments = [step.at for name in SCRIPTS for line in lines(name) if isinstance(step := script.read(line), script.Now)]
    assert moments == sorted(moments)
    assert moments[-1].weekday() == 4


def test_the_week_of_the_collective_ends_with_a_digest_that_names_who_fits(tmp_path: Path, capsys):
    status = play.perform(tmp_path)
    captured = capsys.readouterr()
    transcript = (tmp_path / "transcript.txt").read_text(encoding="utf-8")
    arrivals = (tmp_path / "arrivals.txt").read_text(encoding="utf-8")
    assert status == 0
    assert transcript in captured.out
    assert str(tmp_path) in captured.out
    assert not re.search(r"^line \d+:", captured.err, re.MULTILINE)
    assert "Something broke on my side" not in arrivals + transcript
    assert "matching by words alone" not in transcript
    shown = transcript.splitlines()
    assert all(f"\n{piece}\n" in transcript for piece in printed_on_the_first_page())
    assert captured.out.splitlines()[-1].startswith("Next: make run")
    assert "[#digest] The week of 23 November" in shown
    assert len(matched(shown)) >= 6
    named = {Path(one) for one in re.findall(r"\(picture: (.+)\)", transcript)}
    assert named
    assert all(one.read_bytes().startswith(PNG) for one in named)
