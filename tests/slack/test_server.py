"""The loopback Slack's Web API: strict where Slack is strict, held against the real slack_sdk."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack.bare import FORM, card, error_of, text
from tests.slack.nouns import Body


async def test_a_posted_message_stands_in_its_channel_and_an_edit_changes_it(people, client):
    posted = await client.chat_postMessage(channel="C1", text="hello", blocks=card("Yes"))
    await client.chat_update(channel="C1", ts=posted["ts"], text="goodbye")
    (message,) = people.messages("C1")
    assert message["text"] == "goodbye"
    assert message["edited"]
    assert message["blocks"][1]["elements"][0]["action_id"] == "press-Yes"


async def test_a_deleted_message_is_gone_and_cannot_be_changed(people, client):
    posted = await client.chat_postMessage(channel="C1", text="hello")
    await client.chat_delete(channel="C1", ts=posted["ts"])
    assert people.messages("C1") == []
    assert await error_of(client.chat_update(channel="C1", ts=posted["ts"], text="again")) == "message_not_found"


@pytest.mark.parametrize(
    ("channel", "error"), [("C9", "channel_not_found"), ("C2", "not_in_channel"), ("C3", "is_archived")]
)
async def test_a_channel_where_the_bot_cannot_write_says_why(client, channel, error):
    assert await error_of(client.chat_postMessage(channel=channel, text="hello")) == error


async def test_only_known_tokens_of_the_right_kind_are_let_in(people):
    url = people.api_url
    assert await error_of(AsyncWebClient(base_url=url).auth_test()) == "not_authed"
    assert await error_of(AsyncWebClient("xoxb-forged", base_url=url).auth_test()) == "invalid_auth"
    assert await error_of(AsyncWebClient(people.app_token, base_url=url).auth_test()) == "not_allowed_token_type"
    bot = AsyncWebClient(people.bot_token, base_url=url)
    assert await error_of(bot.apps_connections_open(app_token=people.bot_token)) == "not_allowed_token_type"
    assert (await bot.auth_test())["user_id"] == "UBOT"
    await bot.auth_revoke()
    assert await error_of(bot.auth_test()) == "token_revoked"


async def test_an_unknown_method_fails_the_test_loudly(people, client):
    assert await error_of(client.api_call("chat.scheduleMessage", json={"channel": "C1"})) == "unknown_method"
    people.forgive("chat.scheduleMessage")


async def test_what_is_required_and_what_is_unknown_is_told(people, client):
    assert await error_of(client.api_call("chat.postEphemeral", json={"channel": "C1", "text": "x"})) == (
        "invalid_arguments"
    )
    people.forgive("lacks user")
    await client.api_call("chat.postMessage", json={"channel": "C1", "text": "x", "colour": "red"})
    people.forgive("does not take colour")


async def test_a_form_body_is_read_like_json_and_json_only_where_slack_reads_it(people, client):
    await client.api_call("chat.postMessage", data={"channel": "C1", "text": "x", "blocks": '[{"type": "divider"}]'})
    assert people.messages("C1")[0]["blocks"][0]["type"] == "divider"
    assert await error_of(client.api_call("users.info", json={"user": "U1"})) == "invalid_arguments"
    people.forgive("users.info does not read JSON")
    people.forgive("lacks user")


@pytest.mark.parametrize(
    ("blocks", "flaw"),
    [
        ([{"type": "divider"}] * 51, "51 blocks"),
        ([{"type": "header", "text": text("x" * 151)}], "header.text has 151"),
        ([{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}], "has 3001"),
        ([{"type": "section", "text": {"type": "mrkdwn", "text": ""}}], "has 0"),
        ([{"type": "section", "fields": [{"type": "mrkdwn", "text": "x" * 2001}]}], "has 2001"),
        (card("x" * 76), "button.text has 76"),
        (card(*(f"b{n}" for n in range(26))), "actions.elements has 26"),
        (card("Yes", "Yes"), "action_id 'press-Yes' is there 2 times"),
        ([{"type": "divider", "block_id": "a"}, {"type": "divider", "block_id": "a"}], "block_id 'a' is there 2"),
        ([{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}], "not plain text"),
    ],
)
async def test_blocks_beyond_slacks_limits_are_refused(people, client, blocks, flaw):
    assert await error_of(client.chat_postMessage(channel="C1", text="x", blocks=blocks)) == "invalid_blocks"
    assert any(flaw in problem for problem in people.problems), people.problems
    people.problems.clear()


async def test_blocks_without_a_text_for_notifications_are_a_problem(people, client):
    assert await error_of(client.api_call("chat.postMessage", json={"channel": "C1", "blocks": card("Yes")}))
    people.forgive("no text for notifications")


async def test_calls_to_everybody_and_mentions_of_nobody_are_a_problem(people, client):
    await client.chat_postMessage(channel="C1", text="<!channel> <@U2> <@U404>")
    people.forgive("calls <!channel>")
    people.forgive("mentions 'U404'")


async def test_a_view_must_be_whole(people, client):
    def opened(view: Body) -> Any:
        return error_of(client.views_open(trigger_id=people.trigger("U1"), view=view))

    assert await opened({**FORM, "title": text("x" * 25)}) == "invalid_arguments"
    people.forgive("modal.title has 25")
    assert await opened({key: value for key, value in FORM.items() if key != "submit"}) == "invalid_arguments"
    people.forgive("no submit")
    assert await opened({**FORM, "private_metadata": "x" * 3001}) == "invalid_arguments"
    people.problems.clear()


async def test_a_trigger_opens_one_form_and_only_while_it_is_fresh(people, client):
    trigger = people.trigger("U1")
    await client.views_open(trigger_id=trigger, view=FORM)
    assert people.modals("U1")["title"]["text"] == "Thanks"
    assert await error_of(client.views_open(trigger_id=trigger, view=FORM)) == "exchanged_trigger_id"
    assert await error_of(client.views_open(trigger_id="forged", view=FORM)) == "invalid_trigger_id"
    people.trigger_seconds = 0
    assert await error_of(client.views_open(trigger_id=people.trigger("U1"), view=FORM)) == "expired_trigger_id"


async def test_views_are_pushed_three_deep_and_updated_by_hash(people, client):
    opened = await client.views_open(trigger_id=people.trigger("U1"), view=FORM)
    for _time in range(2):
        await client.views_push(trigger_id=people.trigger("U1"), view=FORM)
    assert await error_of(client.views_push(trigger_id=people.trigger("U1"), view=FORM)) == "push_limit_reached"
    view = {**FORM, "title": text("Changed")}
    old = opened["view"]
    changed = await client.views_update(view_id=old["id"], hash=old["hash"], view=view)
    assert changed["view"]["id"] == old["id"]
    assert await error_of(client.views_update(view_id=old["id"], hash=old["hash"], view=view)) == "hash_conflict"


async def test_a_home_tab_is_published_for_somebody(people, client):
    await client.views_publish(user_id="U1", view={"type": "home", "blocks": card("Yes")})
    assert people.homes["U1"]["blocks"][1]["elements"][0]["text"]["text"] == "Yes"
    assert await error_of(client.views_publish(user_id="U404", view={"type": "home", "blocks": []})) == "user_not_found"


async def test_conversations_are_opened_with_one_to_eight_people(people, client):
    assert (await client.conversations_open(users="U1"))["channel"]["id"] == people.dm("U1")
    group = (await client.conversations_open(users=["U1", "U2"]))["channel"]["id"]
    assert group == people.room(["U2", "U1"])
    assert await error_of(client.conversations_open(users=["U1"] * 9)) == "too_many_users"
    assert await error_of(client.conversations_open(users="U3")) == "user_disabled"
    assert await error_of(client.conversations_open(users="UBOT")) == "cannot_dm_bot"
    assert await error_of(client.conversations_open(users="U404")) == "user_not_found"


async def test_history_shows_metadata_only_when_asked(people, client):
    known = {"event_type": "card", "event_payload": {"row": 7}}
    await client.chat_postMessage(channel="C1", text="first", metadata=known)
    await client.chat_postMessage(channel="C1", text="second")
    full = await client.conversations_history(channel="C1", include_all_metadata=True)
    assert [one["text"] for one in full["messages"]] == ["second", "first"]
    assert full["messages"][1]["metadata"] == known
    plain = await client.conversations_history(channel="C1", limit=1)
    assert plain["has_more"]
    assert "metadata" not in plain["messages"][0]


async def test_an_ephemeral_is_seen_by_one_person_and_reactions_are_kept(people, client):
    await client.chat_postEphemeral(channel="C1", user="U1", text="psst")
    assert [one["text"] for one in people.ephemerals("U1")] == ["psst"]
    assert people.ephemerals("U2") == people.messages("C1") == []
    posted = await client.chat_postMessage(channel="C1", text="hello")
    await client.reactions_add(channel="C1", timestamp=posted["ts"], name="tada")
    assert await error_of(client.reactions_add(channel="C1", timestamp=posted["ts"], name="tada")) == "already_reacted"
    found = await client.reactions_get(channel="C1", timestamp=posted["ts"])
    assert found["message"]["reactions"] == [{"name": "tada", "users": ["UBOT"], "count": 1}]


async def test_a_picture_is_uploaded_in_three_steps(people, client):
    await client.files_upload_v2(channel="C1", content=b"\x89PNG", filename="week.png", title="Week", alt_txt="A map")
    (file,) = people.uploads.values()
    assert (file.content, file.channel, file.alt, file.title) == (b"\x89PNG", "C1", "A map", "Week")
    assert people.messages("C1")[0]["files"][0]["name"] == "week.png"
    missing = client.files_completeUploadExternal(files=[{"id": "F404", "title": "x"}], channel_id="C1")
    assert await error_of(missing) == "file_not_found"


async def test_who_is_who_is_told(people, client):
    assert (await client.users_info(user="U1"))["user"]["is_admin"] is True
    assert await error_of(client.users_info(user="U404")) == "user_not_found"
    assert (await client.team_info())["team"]["id"] == "T1"
    assert (await client.bots_info(bot="B0"))["bot"]["user_id"] == "UBOT"
    people.group("S1", ["U1"])
    assert (await client.usergroups_users_list(usergroup="S1"))["users"] == ["U1"]
    assert (await client.conversations_info(channel="C2"))["channel"]["is_member"] is False


@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")
async def test_a_code_becomes_a_token_once_and_only_with_the_clients_secret(people):
    client = AsyncWebClient(base_url=people.api_url)
    keys = {"client_id": people.client_id, "client_secret": people.client_secret}
    wrong = client.oauth_v2_access(client_id=people.client_id, client_secret="no", code=people.grant("T2"))
    assert await error_of(wrong) == "bad_client_secret"
    code = people.grant("T2")
    granted = await client.oauth_v2_access(**keys, code=code)
    assert granted["team"]["id"] == "T2"
    assert (await AsyncWebClient(granted["access_token"], base_url=people.api_url).auth_test())["team_id"] == "T2"
    assert await error_of(client.oauth_v2_access(**keys, code=code)) == "invalid_code"


async def test_one_workspaces_token_does_not_reach_anothers_channels(people):
    other = AsyncWebClient(people.team("T2", "Other").token, base_url=people.api_url)
    assert await error_of(other.chat_postMessage(channel="C1", text="x")) == "channel_not_found"


async def test_a_scripted_error_meets_its_channel_and_ends(people, client):
    people.channel("C4", "random")
    people.fail("chat.postMessage", "restricted_action", channel="C1")
    await client.chat_postMessage(channel="C4", text="x")
    assert await error_of(client.chat_postMessage(channel="C1", text="x")) == "restricted_action"
    await client.chat_postMessage(channel="C1", text="x")


async def test_too_many_calls_are_answered_with_the_seconds_to_wait(people, client):
    people.fail("chat.postMessage", "ratelimited", retry_after=1)
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="C1", text="x")
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "1"
    await client.chat_postMessage(channel="C1", text="x")
    assert len(people.early) == 1


async def test_the_sdks_own_retries_are_not_early(people):
    patient = AsyncRateLimitErrorRetryHandler(max_retry_count=1)
    client = AsyncWebClient(people.bot_token, base_url=people.api_url, retry_handlers=[patient])
    people.fail("chat.postMessage", "ratelimited", retry_after=1)
    await client.chat_postMessage(channel="C1", text="x")
    assert people.early == []
    assert len(people.called("chat.postMessage")) == 2
