"""The bot is taken out of a workspace and comes back: operators and admins see words, and everything works again."""

from datetime import UTC, datetime

import pytest
from sqlmodel import select
from structlog.testing import capture_logs

from adapters.slack import tokens
from bot.carriage import Carried
from jobs.courier import Courier
from storage.db import everywhere, transaction
from storage.models import Account
from tests.slack.serving import says, shown


class Elsewhere:
    """Another platform of the same community."""

    def __init__(self):
        self.carried = []

    async def carry(self, parcel):
        self.carried.append(parcel)
        return Carried(parcel.channel or "D1", "m1")


def removed(served):
    """As when somebody removes the app in Slack."""
    served.slack.revoked.add(served.slack.bot_token)


def installed_again(served):
    """With another token, and another bot user."""
    team = served.slack.teams["T1"]
    served.slack.user("UNEW", "manyhands", bot=True)
    team.token, team.bot_user = "xoxb-T1-again", "UNEW"


@pytest.mark.parametrize(
    "happened", [{"type": "app_uninstalled"}, {"type": "tokens_revoked", "tokens": {"bot": ["U"]}}]
)
async def test_the_operator_reads_what_to_do_when_the_bot_is_taken_out(served, happened):
    tokens.listen(served.bot.bolt)
    removed(served)
    with capture_logs() as said:
        await served.slack.event(happened)
        await served.settle()
    (told,) = [one for one in said if one["log_level"] == "error"]
    assert (told["team"], "SLACK_BOT_TOKEN" in told["todo"]) == ("T1", True)


async def test_the_token_of_a_user_is_not_the_bots(served):
    tokens.listen(served.bot.bolt)
    with capture_logs() as said:
        await served.slack.event({"type": "tokens_revoked", "tokens": {"oauth": ["U1"]}})
        await served.settle()
    assert said == []


@pytest.mark.parametrize("error", ["token_revoked", "account_inactive"])
async def test_what_cannot_go_out_is_parked_with_words_and_told_elsewhere(served, error):
    await says(served, "U1", "help")
    other = with_another_place(served)
    served.slack.fail("chat.postMessage", error)
    served.posts("C1", "lost")
    await served.drain()
    (lost,) = [row for row in served.rows() if row.channel == "C1"]
    assert (lost.state, "Install Manyhands again" in lost.error) == ("parked", True)
    (told,) = other.carried
    assert "Install Manyhands again" in str(told.card)
    assert "could not deliver" not in shown(served.slack.direct("U1"))


def with_another_place(served):
    """Ana, an admin, is in the same community elsewhere too."""
    other = Elsewhere()
    place = served.app.place("local", "there", "There", datetime.now(UTC))
    with everywhere(served.app.engine) as db:
        ana = db.exec(select(Account).where(Account.key == "U1")).one()
    with transaction(served.app.engine, place.community_id) as db:
        db.add(Account(member_id=ana.member_id, place_id=place.id, key="ana"))
    served.courier = Courier(served.app.engine, {"slack": served.bot.carrier, "local": other})
    return other


async def test_a_workspace_that_adds_the_bot_again_is_served_as_before(served):
    await says(served, "U1", "skill claim Kubernetes expert")
    removed(served)
    served.posts("C1", "lost")
    await served.drain()
    installed_again(served)
    served.posts("C1", "found")
    await served.slack.says("U1", "<@UNEW> skill mine", "C1")
    await served.settle()
    assert [shown([one]) for one in served.slack.messages("C1")][-1] == "found"
    assert "Kubernetes" in shown(served.slack.ephemerals("U1"))


async def test_who_speaks_while_the_bot_is_not_installed_is_told_so(served):
    async def none(_team, _enterprise):
        return None

    served.bot.keys = type(served.bot.keys)(none, served.slack.signing_secret, served.slack.api_url)
    await served.slack.command("U1", "/kudos", "mine")
    await served.slack.until(lambda: "not in this workspace" in str(served.slack.ephemerals("U1")))


@pytest.mark.parametrize(("error", "name"), [("invalid_auth", "SLACK_BOT_TOKEN"), ("token_revoked", "SLACK_BOT_TOKEN")])
async def test_a_wrong_token_is_named_at_the_start(people, error, name):
    people.fail("auth.test", error)
    with pytest.raises(tokens.Refused, match=f"{name} .{error}"):
        await tokens.check(people.bot_token, people.app_token, people.api_url)


async def test_the_tokens_swapped_are_named_at_the_start(people):
    with pytest.raises(tokens.Refused, match=r"SLACK_BOT_TOKEN .*xoxb-"):
        await tokens.check(people.app_token, people.bot_token, people.api_url)
    with pytest.raises(tokens.Refused, match=r"SLACK_APP_TOKEN .*connections:write"):
        await tokens.check(people.bot_token, people.bot_token, people.api_url)


async def test_a_slack_that_is_out_of_reach_at_the_start_is_waited_for(people):
    people.gone = True
    with capture_logs() as said:
        await tokens.check(people.bot_token, people.app_token, people.api_url)
    assert {one["event"] for one in said} == {"slack is out of reach"}
