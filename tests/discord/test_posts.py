"""What the bot brings, and what stands in its way: channels, threads, servers, limits, breaks."""

from bot.carriage import Parcel
from bot.ui import Button, actions, card, line
from tests.discord.nouns import nodes
from tests.discord.served import does, words

POSTS = "POST /channels/{channel_id}/messages"


async def test_an_opportunity_is_kept_up_to_date_where_it_stands(served):
    await does(served, "ana", "/opportunity post", title="Data pipeline", description="Ten sensors and one dashboard")
    await served.discord.presses("ben", None, "Interested")
    await served.settle()
    (post,) = served.discord.messages("general")
    assert "1 person is interested" in words([post])


async def test_a_picture_comes_with_the_answer(served):
    await does(served, "ben", "/skill claim", skill="Kubernetes", level="expert")
    met = await served.discord.types("ben", "/skill map")
    assert met.ephemeral
    assert [one["filename"] for one in met.message["attachments"]] == ["skill-map.png"]
    assert met.message["embeds"][-1]["image"]["url"] == "attachment://skill-map.png"


async def test_the_digest_is_posted_to_a_forum_as_a_post_of_its_own(served):
    await does(served, "ana", "/settings digest", channel="forum")
    await does(served, "ana", "/opportunity post", title="Data pipeline", description="Ten sensors and one dashboard")
    await does(served, "ana", "/digest now")
    (thread,) = served.discord.threads(served.discord.where("forum"))
    assert "Data pipeline" in words(served.discord.messages(thread.id))


async def test_an_intro_opens_a_private_thread_where_there_is_a_channel_for_it(served):
    await does(served, "ana", "/settings intros", channel="general")
    await does(served, "ben", "/skill claim", skill="Kubernetes", level="expert")
    await does(served, "ana", "/intro ask", need="somebody who knows Kubernetes", who="ben")
    await served.discord.presses("ben", None, "Yes, introduce us")
    await served.settle()
    (thread,) = served.discord.threads(served.discord.where("general"))
    assert {served.discord.who("ana"), served.discord.who("ben")} <= set(thread.people)
    assert "asked for this: “somebody who knows Kubernetes”" in words(served.discord.messages(thread.id))


async def test_without_such_a_channel_an_intro_is_two_direct_messages(served):
    await does(served, "ben", "/skill claim", skill="Kubernetes", level="expert")
    await does(served, "ana", "/intro ask", need="somebody who knows Kubernetes", who="ben")
    await served.discord.presses("ben", None, "Yes, introduce us")
    await served.settle()
    assert "asked for this: “somebody who knows Kubernetes”" in words(served.discord.letters("ana"))
    assert "asked for this: “somebody who knows Kubernetes”" in words(served.discord.letters("ben"))


async def test_a_channel_where_it_may_not_write_is_told_to_the_admin_with_a_remedy(served):
    await does(served, "ana", "/help")
    served.discord.channels[served.discord.where("general")].lacks.add("send")
    await does(served, "ben", "/kudos give", to="ana", reason="for the night with the cluster")
    await served.settle()
    assert "A permission is missing there" in words(served.discord.letters("ana"))


async def test_a_busy_discord_is_waited_for_and_nothing_is_lost(served):
    served.discord.fail(POSTS, retry_after=0.2)
    await does(served, "ana", "/kudos give", to="ben", reason="for the night with the cluster")
    await served.settle()
    assert "night with the cluster" in words(served.discord.messages("general"))


async def test_an_answer_that_comes_too_late_comes_by_direct_message(served):
    served.discord.fail("POST /interactions/{interaction_id}/{interaction_token}/callback", 404, 10062)
    await served.discord.types("ana", "/skill claim", skill="Kubernetes", level="expert", wait=False)
    await served.settle()
    assert "Kubernetes, expert: it is on your profile" in words(served.discord.letters("ana"))


async def test_an_expired_token_is_no_reason_for_silence(served):
    served.discord.fail("PATCH /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}", 401, 50027)
    await served.discord.types("ana", "/skill find", need="somebody who knows Kubernetes", wait=False)
    await served.settle()
    assert served.discord.letters("ana") != []


async def test_the_same_event_twice_has_one_effect(served):
    met = await does(served, "ana", "/kudos give", to="ben", reason="for the night with the cluster")
    served.discord.dispatch("INTERACTION_CREATE", met.payload, met.payload["guild_id"])
    await served.settle()
    served.discord.forgive("was answered twice")
    assert words(served.discord.messages("general")).count("night with the cluster") == 1


async def test_whoever_invites_it_is_welcomed_with_three_steps(served):
    assert "Set me up" in str(served.discord.letters("olga"))
    assert "Thank you for having me at Collective" in words(served.discord.letters("olga"))
    fresh = served.discord.guild("Second", owner="petra", present=False)
    await served.discord.joins_guild(fresh)
    await served.settle()
    assert "Thank you for having me at Second" in words(served.discord.letters("petra"))
    assert len(served.discord.letters("olga")) == 1


async def test_another_server_is_another_community_and_direct_messages_ask_which(served):
    fresh = served.discord.guild("Second", owner="petra", present=False)
    served.discord.channel("lobby", fresh.name)
    served.discord.join(fresh, "ana")
    await served.discord.joins_guild(fresh)
    await does(served, "ana", "/skill claim", skill="Kubernetes", level="expert", where="general")
    await does(served, "ana", "/skill claim", skill="SQL", level="expert", where="lobby")
    asked = await served.discord.dms("ana", "skill mine")
    assert "Which community" in words([asked])
    met = await served.discord.presses("ana", asked, "Second")
    assert "SQL" in met.content
    assert "Kubernetes" not in met.content
    letter = next(one for one in served.discord.letters("petra") if "Set me up" in str(one))
    shown = await served.discord.presses("petra", letter, "Claim a skill")
    assert shown.modal


async def test_a_button_of_another_community_is_not_for_everybody(served):
    fresh = served.discord.guild("Second", owner="petra", present=False)
    await served.discord.joins_guild(fresh)
    await served.settle()
    await does(served, "ben", "/help")
    carried = next(one for one in nodes(served.discord.letters("petra")[0]["components"]) if one["type"] == 2)
    stolen = served.discord.letters("olga")[0]
    post = served.discord.post_of(stolen)
    button = next(one for one in nodes(post.body["components"]) if one["type"] == 2)
    button["custom_id"] = carried["custom_id"]
    met = await served.discord.presses("olga", stolen, button["label"])
    assert "do not know you" in met.content


async def test_hostile_words_ping_nobody(served):
    await does(
        served, "ana", "/kudos give", to="ben", reason="*free* @everyone @here <@&123> https://evil.example [a](b)"
    )
    (posted,) = served.discord.messages("general")
    assert served.discord.post_of(posted).pings == [served.discord.who("ben")]


def plan(paragraphs: int, parcel: int, served, edits: str = "") -> Parcel:
    """A living card of that many long paragraphs, with a button at its end."""
    said = card("Plan", *(line("w" * 1900) for _ in range(paragraphs)), actions(Button("Go on", "help")))
    where = served.discord.where("general")
    return Parcel(parcel, next(iter(served.bot.homes._places.values())), said, where, (), {}, edits)


async def test_a_card_that_grows_goes_on_below_and_one_that_shrinks_leaves_nothing(served):
    first = await served.bot.carrier.carry(plan(1, 1, served))
    grown = await served.bot.carrier.carry(plan(4, 2, served, first.message))
    assert grown.message.split()[0] == first.message
    shown = served.discord.messages("general")
    assert [one["id"] for one in shown] == grown.message.split()
    assert words(shown).count("w" * 1900) == 4
    assert [bool(one["components"]) for one in shown] == [False, True]
    shrunk = await served.bot.carrier.carry(plan(1, 3, served, grown.message))
    (left,) = served.discord.messages("general")
    assert (left["id"], words([left]).count("w" * 1900)) == (shrunk.message, 1)


async def test_a_card_that_a_moderator_deleted_comes_again_while_there_is_something_to_press(served):
    await does(served, "ana", "/opportunity post", title="Data pipeline", description="Ten sensors and one dashboard")
    (post,) = served.discord.messages("general")
    await served.discord.deletes(post)
    await does(served, "ben", "/opportunity show", opportunity="o1")
    await served.discord.presses("ben", None, "Interested")
    await served.settle()
    (again,) = served.discord.messages("general")
    assert "1 person is interested" in words([again])
    assert "could not deliver" not in words(served.discord.letters("ana"))


async def test_a_card_that_lives_in_a_forum_stays_one_post(served):
    await does(served, "ana", "/settings opportunities", channel="forum")
    await does(served, "ana", "/opportunity post", title="Data pipeline", description="Ten sensors and one dashboard")
    await served.discord.presses("ben", None, "Interested")
    await served.settle()
    (thread,) = served.discord.threads(served.discord.where("forum"))
    (post,) = served.discord.messages(thread.id)
    assert "1 person is interested" in words([post])
