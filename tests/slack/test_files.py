"""Files in Slack: read where Slack keeps them, and the token is shown to nobody else."""

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.files import FAILED, SCOPE, Shared, fetched, is_slacks, shared_in
from bot.kinds import MOST_BYTES
from tests.slack.nouns import Upload


@pytest.mark.parametrize(
    "url",
    [
        "https://files.slack.com.evil.example/x",
        "https://evil.example/files.slack.com/x",
        "https://evilslack.com/x",
        "http://files.slack.com/x",
        "https://token@evil.example#.slack.com",
        "https://me@files.slack.com/x",
        "https://[files.slack.com",
        "file:///etc/passwd",
        "//files.slack.com/x",
        "",
    ],
)
def test_the_token_goes_to_slack_alone(url: str):
    assert not is_slacks(url, "https://slack.com/api/")


@pytest.mark.parametrize("url", ["https://files.slack.com/files-pri/T1-F1/x.csv", "https://slack.com/x"])
def test_slack_and_wherever_its_api_is_reached_are_slack(url: str):
    assert is_slacks(url, "https://slack.com/api/")
    assert is_slacks("http://127.0.0.1:8/files/x", "http://127.0.0.1:8/api/")
    assert not is_slacks("http://127.0.0.1:9/files/x", "http://127.0.0.1:8/api/")


def client_of(people) -> AsyncWebClient:
    return AsyncWebClient(people.teams["T1"].token, base_url=people.api_url)


def shared(people, name: str, content: bytes | None, size: int | None = None) -> Shared:
    people.uploads["F9"] = Upload("F9", name, len(content or b""), content=content)
    return Shared(name, f"{people.url}/files-pri/F9/download/{name}", len(content or b"") if size is None else size)


async def test_what_is_in_a_file_is_read(people):
    found = await fetched(client_of(people), shared(people, "a.csv", b"preferredLabel\nmead\n"))
    assert (found.name, found.data, found.problem) == ("a.csv", b"preferredLabel\nmead\n", "")


async def test_without_the_scope_the_remedy_is_told(people):
    people.scopes = tuple(one for one in people.scopes if one != "files:read")
    found = await fetched(client_of(people), shared(people, "a.csv", b"x"))
    assert (found.data, found.problem) == (b"", SCOPE)


async def test_a_file_that_is_gone_is_no_fault(people):
    assert (await fetched(client_of(people), shared(people, "a.csv", None))).problem == FAILED


async def test_too_large_a_file_is_not_read_whatever_it_says_of_itself(people):
    announced = await fetched(client_of(people), shared(people, "a.csv", b"x", MOST_BYTES + 1))
    silent = await fetched(client_of(people), shared(people, "a.csv", b"x" * (MOST_BYTES + 1), 5))
    assert "25 MB" in announced.problem
    assert "25 MB" in silent.problem
    assert silent.data == b""


def test_a_file_without_an_address_or_a_size_is_described_all_the_same():
    assert shared_in([{"id": "F1"}, {"name": "no id"}]) == {"F1": Shared("file", "", 0)}
