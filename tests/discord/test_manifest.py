"""The link that invites the bot, as `manyhands manifest discord` prints it."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import discord
import pytest
from typer.testing import CliRunner

from adapters.discord.manifest import PERMISSIONS, SCOPES, NoApplication, application_of
from manyhands import cli

APPLICATION = "700000000000000001"
TOKEN = "NzAwMDAwMDAwMDAwMDAwMDAx.x.y"
PAGE = (Path(__file__).parents[2] / "docs" / "discord.md").read_text(encoding="utf-8")


def test_the_link_asks_for_the_scopes_and_permissions_that_the_page_explains(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    printed = CliRunner().invoke(cli, ["manifest", "discord"]).output.strip()
    asked = parse_qs(urlsplit(printed).query)
    assert asked["client_id"] == [APPLICATION]
    assert asked["scope"] == [" ".join(SCOPES)]
    given = discord.Permissions(int(asked["permissions"][0]))
    assert all(getattr(given, name) for name in PERMISSIONS)
    assert given.value.bit_count() == len(PERMISSIONS)
    assert not given.administrator
    assert all(one in PAGE for one in SCOPES)
    assert [one for one in PERMISSIONS if f"*{one.replace('_', ' ')}" not in PAGE.casefold()] == []


@pytest.mark.parametrize("token", ["", "nonsense", "YWJj.x.y", "ÄÖ.x.y"])
def test_a_token_that_tells_no_application_says_what_to_pass(token):
    with pytest.raises(NoApplication, match="--application"):
        application_of(token)
