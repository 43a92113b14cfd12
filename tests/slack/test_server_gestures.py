"""What people do in the loopback Slack arrives at a real Bolt app, by HTTP and by socket, as Slack sends it."""

import pytest
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.slack.bare import FORM, card, field, modal, text


async def test_a_slash_command_arrives_as_slack_sends_it(people, bare):
    ack = await people.command("U1", "/kudos", people.typed("give @ben <3 in #general"))
    assert (ack.status, ack.body) in [(200, ""), (200, None)]
    (body,) = bare.heard
    assert body["text"] == "give <@U2|ben> &lt;3 in <#C1|general>"
    assert (body["command"], body["user_id"], body["channel_id"]) == ("/kudos", "U1", "C1")


async def test_an_answer_in_the_ack_is_shown_to_the_one_who_asked(people, bare):
    bare.answers = {"command": {"text": "Thanked."}}
    await people.command("U1", "/kudos")
    assert [one["text"] for one in people.ephemerals("U1")] == ["Thanked."]


async def test_a_response_url_works_five_times(people, bare):
    await people.command("U1", "/kudos")
    hook = AsyncWebhookClient(bare.heard[0]["response_url"])
    sent = [(await hook.send(text=f"answer {turn}")).status_code for turn in range(6)]
    assert sent == [200] * 5 + [404]
    assert len(people.ephemerals("U1")) == 5


async def test_a_response_url_replaces_and_deletes_the_message_it_came_from(people, client, bare):
    await client.chat_postMessage(channel="C1", text="old", blocks=card("Yes"))
    await people.press("U1", "Yes")
    hook = AsyncWebhookClient(bare.heard[0]["response_url"])
    await hook.send(text="new", replace_original=True)
    assert [one["text"] for one in people.messages("C1")] == ["new"]
    await hook.send(delete_original=True)
    assert people.messages("C1") == []
    assert [kind for kind, *_rest in people.replies] == ["replace", "delete"]


async def test_a_press_finds_the_newest_button_that_the_person_sees(people, client, bare):
    await client.chat_postMessage(channel="C1", text="for all", blocks=card("Yes"))
    await client.chat_postMessage(channel=people.dm("U2"), text="for ben", blocks=card("Yes"))
    await people.press("U1", "Yes")
    await people.press("U2", "Yes")
    assert [body["message"]["text"] for body in bare.heard] == ["for all", "for ben"]
    assert bare.heard[0]["actions"][0]["value"] == "yes"
    with pytest.raises(AssertionError, match="sees nothing called 'Maybe'"):
        await people.press("U1", "Maybe")


async def test_a_press_on_an_ephemeral_carries_no_message(people, client, bare):
    await client.chat_postEphemeral(channel="C1", user="U1", text="psst", blocks=card("No"))
    await people.press("U1", "No")
    assert "message" not in bare.heard[0]
    assert bare.heard[0]["container"]["is_ephemeral"] is True


async def test_a_press_on_the_home_tab_carries_its_view(people, client, bare):
    await client.views_publish(user_id="U1", view={"type": "home", "blocks": card("Yes")})
    await people.press("U1", "Yes")
    assert bare.heard[0]["view"]["id"] == people.homes["U1"]["id"]


OPTIONS = {"options": [{"text": text("Python"), "value": "python"}, {"text": text("Prose"), "value": "prose"}]}


async def test_a_form_is_filled_by_its_labels_and_closes(people, client, bare):
    bare.answers = {"block_suggestion": OPTIONS}
    await client.views_open(trigger_id=people.trigger("U1"), view=FORM)
    await people.submit("U1", {"Person": "@ben", "Skill": "Python", "words": "the docs"})
    suggested, sent = bare.heard
    assert (suggested["type"], suggested["value"], suggested["block_id"]) == ("block_suggestion", "Python", "skill")
    values = sent["view"]["state"]["values"]
    assert values["person"]["value"]["selected_user"] == "U2"
    assert values["skill"]["value"]["selected_option"]["value"] == "python"
    assert values["words"]["value"]["value"] == "the docs"
    assert values["day"]["value"]["selected_date"] is None
    assert people.modals("U1") is None


async def test_refusals_stand_beside_their_field_and_what_was_typed_is_kept(people, client, bare):
    bare.answers = {"block_suggestion": OPTIONS}
    bare.answers["view_submission"] = {"response_action": "errors", "errors": {"words": "Say more."}}
    await client.views_open(trigger_id=people.trigger("U1"), view=FORM)
    await people.submit("U1", {"Person": "U2", "Skill": "Prose", "Words": "hm"})
    assert people.refusals["U1"] == {"words": "Say more."}
    bare.answers["view_submission"] = {}
    await people.submit("U1", {"Words": "much more"})
    values = bare.heard[-1]["view"]["state"]["values"]
    assert (values["person"]["value"]["selected_user"], values["words"]["value"]["value"]) == ("U2", "much more")
    assert people.modals("U1") is None
    assert people.refusals == {}


async def test_refusals_for_fields_that_are_not_there_are_a_problem(people, client, bare):
    bare.answers = {"view_submission": {"response_action": "errors", "errors": {"nothing": "x"}}}
    await client.views_open(trigger_id=people.trigger("U1"), view=modal(field("Words", {"type": "plain_text_input"})))
    await people.submit("U1", {"Words": "hm"})
    people.forgive("do not fit the fields")


async def test_a_form_can_be_answered_with_another_form(people, client, bare):
    view = modal(field("Reason", {"type": "plain_text_input"}))
    bare.answers = {"view_submission": {"response_action": "update", "view": view}}
    await client.views_open(trigger_id=people.trigger("U1"), view=modal(field("Words", {"type": "plain_text_input"})))
    await people.submit("U1", {"Words": "hm"})
    assert people.modals("U1")["blocks"][0]["block_id"] == "reason"


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({}, "Slack asks for 'Words'"),
        ({"Words": "x" * 101}, "does not take"),
        ({"Words": "x", "Count": "2.5"}, "does not take '2.5'"),
        ({"Words": "x", "Link": "nonsense"}, "does not take 'nonsense'"),
        ({"Nothing": "x"}, "has no field"),
    ],
)
async def test_slacks_own_client_stops_what_cannot_be_sent(people, client, bare, values, why):
    view = modal(
        field("Words", {"type": "plain_text_input", "max_length": 100}),
        field("Count", {"type": "number_input", "is_decimal_allowed": False}, optional=True),
        field("Link", {"type": "url_text_input"}, optional=True),
    )
    await client.views_open(trigger_id=people.trigger("U1"), view=view)
    with pytest.raises(AssertionError, match=why):
        await people.submit("U1", values)
    assert bare.heard == []


async def test_suggestions_that_break_slacks_limits_are_a_problem(people, client, bare):
    bare.answers = {"block_suggestion": {"options": [{"text": text("x" * 76), "value": "x"}]}}
    await client.views_open(trigger_id=people.trigger("U1"), view=FORM)
    await people.suggest("U1", "Skill", "x")
    people.forgive("option.text has 76")
    people.problems.clear()


async def test_an_option_is_picked_in_a_message_by_its_text(people, client, bare):
    select = {"type": "static_select", "action_id": "choose", "placeholder": text("How often"), **OPTIONS}
    await client.chat_postMessage(channel="C1", text="x", blocks=[{"type": "actions", "elements": [select]}])
    await people.pick("U1", "How often", "Prose")
    assert bare.heard[0]["actions"][0]["selected_option"]["value"] == "prose"
    with pytest.raises(AssertionError, match="'Poems' is not offered"):
        await people.pick("U1", "How often", "Poems")


async def test_a_person_is_picked_in_a_message(people, client, bare):
    select = {"type": "users_select", "action_id": "choose", "placeholder": text("Whom")}
    await client.chat_postMessage(channel="C1", text="x", blocks=[{"type": "actions", "elements": [select]}])
    await people.pick("U1", "Whom", "@ben")
    assert bare.heard[0]["actions"][0]["selected_user"] == "U2"


async def test_a_form_that_is_left_is_told_only_when_the_app_asked(people, client, bare):
    await client.views_open(trigger_id=people.trigger("U1"), view=FORM)
    assert await people.leaves("U1") is None
    await client.views_open(trigger_id=people.trigger("U1"), view={**FORM, "notify_on_close": True})
    await people.leaves("U1")
    assert [body["type"] for body in bare.heard] == ["view_closed"]
    assert people.modals("U1") is None


async def test_an_organisation_stands_in_every_payload(people, bare):
    people.teams["T1"].enterprise = "E1"
    await people.command("U1", "/kudos")
    await people.opens_home("U1")
    await people.shortcut("thank", "U1")
    assert [bare.heard[0]["enterprise_id"], bare.heard[1]["enterprise_id"]] == ["E1", "E1"]
    assert bare.heard[2]["enterprise"]["id"] == "E1"


async def test_events_arrive_and_are_delivered_again_the_same(people, client, bare):
    people.channel("C4", "random")
    ack = await people.says("U1", "<@UBOT> profile show", "C4")
    await people.again(ack)
    await people.says("U1", "help")
    assert await people.says("U1", "nobody is meant", "C4") is None
    posted = await client.chat_postMessage(channel="C4", text="thanks")
    await people.reacts("U2", people.found("C4", posted["ts"]).body, "tada")
    await people.opens_home("U1")
    kinds = [body["event"]["type"] for body in bare.heard]
    assert kinds == ["app_mention", "app_mention", "message", "reaction_added", "app_home_opened"]
    assert bare.heard[0]["event_id"] == bare.heard[1]["event_id"]
    assert bare.heard[2]["event"]["channel_type"] == "im"


async def test_shortcuts_come_from_anywhere_and_from_a_message(people, client, bare):
    await client.chat_postMessage(channel="C1", text="hello")
    await people.shortcut("thank", "U1")
    await people.shortcut("thank", "U1", people.messages("C1")[0])
    assert [body["type"] for body in bare.heard] == ["shortcut", "message_action"]
    assert bare.heard[1]["message"]["text"] == "hello"
    assert "response_url" not in bare.heard[0]
