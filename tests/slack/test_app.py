"""Slack as people use it: real payloads over HTTP and Socket Mode, the real Bolt app, the real core."""

from tests.slack.filling import fields_of
from tests.slack.serving import Served, says, texts, words


async def test_a_kudos_is_answered_privately_and_posted_where_it_was_given(served):
    await says(served, "U1", "kudos give @ben the docs & the <b>diagrams</b>, really")
    assert "<@U2> has it" in words(served.slack.ephemerals("U1"))
    posted = words(served.slack.messages("C1"))
    assert "ana thanked <@U2>" in posted
    assert "&lt;b&gt;diagrams&lt;/b&gt;" in posted


async def test_addresses_in_a_line_are_what_was_typed(served):
    said = "@ben for <https://a.example/x?a=1&amp;b=2|a.example>, told by <mailto:ana@a.example|ana@a.example>"
    await served.slack.says("U1", f"kudos give {said}".replace("@ben", "<@U2>"))
    await served.settle()
    assert "for https://a.example/x?a=1&amp;b=2, told by ana@a.example" in words(served.slack.direct("U2"))


async def test_any_line_goes_behind_the_bots_own_name(served):
    await says(served, "U1", "manyhands skill claim Kubernetes expert")
    assert "Kubernetes, expert: it is on your profile" in words(served.slack.ephemerals("U1"))


async def test_what_is_missing_is_asked_for_in_a_form_and_what_is_known_is_kept(served):
    await says(served, "U1", "kudos give @ben")
    view = served.slack.modals("U1")
    assert fields_of(view)[0]["element"]["initial_users"] == ["U2"]
    ack = await served.slack.submit("U1", {"What did they do?": "ok"})
    assert "little more" in ack.body["errors"]["reason"]
    await served.slack.submit("U1", {"What did they do?": "for the diagrams of last night"})
    await served.settle()
    assert "diagrams of last night" in words(served.slack.messages("C1"))


async def test_suggestions_complete_skills(served):
    await says(served, "U1", "skill claim")
    ack = await served.slack.suggest("U1", "Which skill?", "kuber")
    assert "Kubernetes" in [one["text"]["text"] for one in ack.body["options"]]


async def test_a_skill_nobody_named_before_can_be_claimed_by_form(served):
    await says(served, "U1", "skill claim")
    ack = await served.slack.suggest("U1", "Which skill?", "Byzantine chant")
    assert ack.body["options"][0]["value"] == "Byzantine chant"


async def test_a_button_is_a_line_and_outlives_a_restart(served, people, tmp_path):
    await says(served, "U1", "manyhands settings skills channel:#general")
    await says(served, "U1", "skill claim Kubernetes expert")
    way = served.slack.mode
    await served.leave()
    again = Served(people, tmp_path / "slack.db")
    await again.start(way)
    await people.press("U2", "Vouch")
    await again.settle()
    assert "<@U1> hears that you have seen them do Kubernetes" in words(people.ephemerals("U2"))
    assert "has seen you do" in words(people.messages(people.dm("U1")))
    served.stop, served.running, served.bot = again.stop, again.running, again.bot


async def test_a_redelivered_event_has_one_effect(served):
    dm = served.slack.dm("U1")
    ack = await served.slack.says("U1", "kudos give <@U2> for the night with the cluster", dm)
    await served.slack.again(ack)
    await served.settle()
    await served.slack.again(ack, retry=2)
    await served.settle()
    assert len([one for one in served.slack.messages(dm) if "has it" in words([one])]) == 1
    await says(served, "U2", "kudos mine")
    assert words(served.slack.ephemerals("U2")).count("<@U1>: for the night with the cluster") == 1


async def test_a_direct_message_is_a_line_and_a_form_waits_behind_a_button(served):
    dm = served.slack.dm("U1")
    await served.slack.says("U1", "skill claim", dm)
    await served.settle()
    await served.slack.press("U1", "Open the form")
    await served.settle()
    assert fields_of(served.slack.modals("U1"))[0]["block_id"] == "skill"


async def test_a_reaction_on_a_thank_you_thanks_the_thanked(served):
    served.slack.user("U4", "dora")
    await says(served, "U1", "kudos give @ben for the night with the cluster")
    (post,) = [one for one in served.slack.messages("C1") if "thanked" in words([one])]
    await served.slack.reacts("U4", post, "raised_hands")
    await served.settle()
    assert "You thanked <@U2> too" in words(served.slack.ephemerals("U4"))


async def test_the_home_tab_is_the_profile(served):
    await served.slack.opens_home("U1")
    await served.settle()
    assert "Here since" in words([served.slack.homes["U1"]])


async def test_the_person_behind_a_message_is_in_the_form_of_its_menu(served):
    served.slack.user("U4", "dora")
    post = await served.slack.says("U2", "the migration is done", "C1")
    del post
    await served.slack.shortcut("kudos-give", "U4")
    await served.settle()
    assert fields_of(served.slack.modals("U4"))[0]["block_id"] == "to"


async def test_a_busy_slack_is_waited_for_and_nothing_is_lost(served):
    served.slack.fail("chat.postMessage", "ratelimited", times=2, retry_after=0)
    await says(served, "U1", "kudos give @ben for the night with the cluster")
    await served.settle()
    assert "night with the cluster" in words(served.slack.messages("C1"))


async def test_a_channel_that_is_gone_is_told_to_the_admin_with_a_remedy(served):
    served.slack.fail("chat.postMessage", "channel_not_found", times=1, channel="C1")
    await says(served, "U1", "kudos give @ben for the night with the cluster")
    await served.settle()
    assert "Invite me there" in words(served.slack.messages(served.slack.dm("U1")))


async def test_a_forged_or_stale_request_is_not_heard(served):
    if served.slack.mode == "http":
        for how in ({"secret": "forged"}, {"age": 3600}):
            ack = await served.slack.command("U1", "/kudos", "mine", expects=401, **how)
            assert ack.status == 401
    await served.settle()
    assert served.slack.ephemerals("U1") == []


async def test_hostile_words_ping_nobody(served):
    await says(served, "U1", "kudos give @ben *free* <!channel> <!here> @everyone <https://evil.example|bank>")
    posted = "\n".join(texts(served.slack.messages("C1")))
    assert "channel" in posted
    assert "<!" not in posted
    assert "@everyone" not in posted
    assert "<https://evil" not in posted


async def test_an_opportunity_is_posted_by_form_and_kept_up_to_date(served):
    await says(served, "U1", 'opportunity post "Data pipeline" Ten sensors and one dashboard')
    await served.slack.press("U2", "Interested")
    await served.settle()
    assert "1 person is interested" in words(served.slack.messages("C1"))


async def test_a_picture_comes_by_direct_message(served):
    await says(served, "U2", "skill claim Kubernetes expert")
    await says(served, "U2", "skill map")
    assert "1 skill" in words(served.slack.ephemerals("U2"))
    assert "in your direct messages" in words(served.slack.ephemerals("U2"))
    shown = [one for one in served.slack.messages(served.slack.dm("U2")) if one.get("files")]
    assert [file["name"] for one in shown for file in one["files"]] == ["skill-map.png"]


async def test_an_intro_brings_both_together_in_one_conversation(served):
    await says(served, "U2", "skill claim Kubernetes expert")
    await says(served, "U1", "intro ask who:@ben somebody who knows Kubernetes")
    assert "asks for an intro" in words(served.slack.messages(served.slack.dm("U2")))
    await served.slack.press("U2", "Yes, introduce us")
    await served.settle()
    opened_for = [set(str(one["users"]).split(",")) for one in served.slack.called("conversations.open")]
    assert {"U1", "U2"} in opened_for


async def test_the_weekly_digest_is_posted_there(served):
    await says(served, "U1", "manyhands settings digest channel:#general")
    await says(served, "U1", 'opportunity post "Data pipeline" Ten sensors and one dashboard')
    await says(served, "U1", "digest now")
    digest = [one for one in served.slack.messages("C1") if "The week of" in words([one])]
    assert "Data pipeline" in words(digest)
