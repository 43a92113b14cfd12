"""What people say and sign without a command: direct messages, mentions, reactions."""

from tests.discord.marks import EVERYBODY, PUBLIC_THREAD
from tests.discord.nouns import Post, Role
from tests.discord.served import does, words
from tests.discord.state import BOT
from tests.discord.talk import blank


async def test_a_direct_message_is_a_line(served):
    ben = served.discord.who("ben")
    await does(served, "ana", "/help")
    await served.discord.dms("ana", f"kudos give <@{ben}> for the night with the cluster")
    await served.settle()
    assert "has it" in words(served.discord.letters("ana"))
    assert "night with the cluster" in words(served.discord.letters("ben"))


async def test_somebody_new_is_found_in_the_server_when_they_write(served):
    await served.discord.dms("ben", "skill claim Kubernetes expert")
    await served.settle()
    assert "Kubernetes, expert: it is on your profile" in words(served.discord.letters("ben"))


async def test_a_stranger_is_told_how_to_begin(served):
    served.discord.guild("Elsewhere", owner="zoe", present=False)
    served.discord.user("xena")
    served.discord.direct("xena")
    ours = next(iter(served.discord.guilds.values()))
    served.discord.join(ours, "xena")
    member = ours.members.pop(served.discord.who("xena"))
    met = await served.discord.types("xena", "/help", where="dm")
    assert "do not know you" in met.content
    ours.members[member.user.id] = member


async def test_a_form_in_a_direct_message_waits_behind_a_button(served):
    await served.discord.dms("ben", "skill claim")
    await served.discord.presses("ben", None, "Open the form")
    await served.discord.submits("ben", skill="Kubernetes")
    await served.settle()
    met = await served.discord.types("ben", "/skill mine", where="dm")
    assert "Kubernetes" in met.content


async def test_a_channel_is_called_by_name_and_one_that_is_not_there_is_refused_by_name(served):
    refused = await served.discord.dms("ana", "settings digest channel:#nowhere")
    assert "no channel called nowhere" in words([refused])
    chosen = await served.discord.dms("ana", "settings digest channel:#forum")
    assert f"<#{served.discord.where('forum')}>" in words([chosen])


async def test_a_mention_in_a_channel_is_a_line_answered_privately(served):
    await served.discord.says("ana", f"<@{BOT}> skill claim Kubernetes expert", "general")
    await served.settle()
    assert "Kubernetes, expert: it is on your profile" in words(served.discord.letters("ana"))
    assert len(served.discord.messages("general")) == 1


async def test_whoever_takes_no_direct_messages_is_told_where_they_spoke(served):
    await served.discord.says("cleo", f"<@{BOT}> skill mine", "general")
    await served.settle()
    assert "you do not take direct messages" in words(served.discord.messages("general"))


async def test_what_others_say_to_each_other_is_not_heard(served):
    await served.discord.says("ana", "skill claim Kubernetes expert", "general")
    await served.settle()
    assert len(served.discord.messages("general")) == 1
    assert "Kubernetes" not in words(served.discord.letters("ana"))


async def test_a_reaction_on_a_thank_you_thanks_the_thanked(served):
    served.discord.person("dora")
    await does(served, "ana", "/kudos give", to="ben", reason="for the night with the cluster")
    (post,) = served.discord.messages("general")
    await served.discord.reacts("dora", post, "🙌")
    await served.settle()
    assert "You thanked" in words(served.discord.letters("dora"))
    await served.discord.unreacts("dora", post, "🙌")
    await served.settle()
    met = await served.discord.types("ben", "/kudos mine")
    assert f"<@{served.discord.who('ana')}>" in met.content
    assert f"<@{served.discord.who('dora')}>" not in met.content


async def test_a_reaction_on_any_message_thanks_its_author_until_it_is_deleted(served):
    await does(served, "ana", "/settings kudos", channel="general")
    post = await served.discord.says("ben", "the migration is done", "general")
    await served.discord.reacts("ana", post, "🙌")
    await served.settle()
    link = f"https://discord.com/channels/{served.discord.server('Collective')}/{post['channel_id']}/{post['id']}"
    assert f"(<{link}>)" in words(served.discord.messages("general"))
    mine = await served.discord.types("ben", "/kudos mine")
    assert "the migration is done" in mine.content
    assert f"<@{served.discord.who('ana')}>" in mine.content
    await served.discord.deletes(post)
    await served.settle()
    mine = await served.discord.types("ben", "/kudos mine")
    assert "Nobody has thanked you" in mine.content


async def test_reactions_that_a_moderator_clears_take_back_what_they_gave_and_no_more(served):
    await does(served, "ana", "/settings kudos", channel="general")
    await does(served, "ana", "/kudos give", to="ben", reason="for the new docs")
    (thanks,) = served.discord.messages("general")
    post = await served.discord.says("ben", "the migration is done", "general")
    for message in (thanks, post):
        await served.discord.reacts("cleo", message, "🙌")
    await served.settle()
    await served.discord.clears(post, "🐙")
    await served.settle()
    mine = await served.discord.types("ben", "/kudos mine")
    assert mine.content.count(f"<@{served.discord.who('cleo')}>") == 2
    await served.discord.clears(post, "🙌")
    await served.discord.clears(thanks)
    await served.settle()
    mine = await served.discord.types("ben", "/kudos mine")
    assert "for the new docs" in mine.content
    assert f"<@{served.discord.who('cleo')}>" not in mine.content


async def test_cleared_under_the_card_of_a_message_thanks_for_the_message_stay(served):
    await does(served, "ana", "/settings kudos", channel="general")
    post = await served.discord.says("ben", "the migration is done", "general")
    await served.discord.reacts("cleo", post, "🙌")
    await served.settle()
    (thanks,) = [one for one in served.discord.messages("general") if one["author"]["bot"]]
    await served.discord.reacts("ana", thanks, "🙌")
    await served.settle()
    await served.discord.clears(thanks)
    await served.settle()
    mine = await served.discord.types("ben", "/kudos mine")
    assert f"<@{served.discord.who('cleo')}>" in mine.content


async def test_another_emoji_is_only_a_reaction(served):
    post = await served.discord.says("ben", "the migration is done", "general")
    await served.discord.reacts("ana", post, "🐙")
    await served.settle()
    assert len(served.discord.messages("general")) == 1


def role(served, name):
    """A role that is in the server now."""
    home = next(iter(served.discord.guilds.values()))
    made = Role(served.discord.snowflake(), name, EVERYBODY)
    home.roles[made.id] = made
    served.discord.dispatch("GUILD_ROLE_CREATE", {"guild_id": home.id, "role": made.described()}, home.id)
    return made


async def test_roles_and_channels_in_a_reason_are_called_by_name_and_ping_nobody(served):
    docs = role(served, "Docs crew")
    await does(served, "ana", "/kudos give", to="ben", reason=f"the docs with <@&{docs.id}> in #general")
    (post,) = served.discord.messages("general")
    assert "the docs with @Docs crew in #general" in words([post])
    assert served.discord.post_of(post).pings == [served.discord.who("ben")]
    assert "<@&" not in words([post])
    await served.discord.dms("ana", f"kudos give <@{served.discord.who('ben')}> the new docs with <@&{docs.id}>")
    await served.settle()
    assert "the new docs with @Docs crew" in words(served.discord.letters("ben"))


async def test_a_role_is_named_where_its_members_are_not_told(served):
    docs = role(served, "Docs crew")
    served.discord.fail("GET /guilds/{guild_id}/members", 403, 50001)
    await does(served, "ana", "/kudos give", to="ben", reason=f"the docs with <@&{docs.id}>")
    assert "the docs with @Docs crew" in words(served.discord.messages("general"))


async def test_a_nickname_full_of_markdown_is_only_a_name(served):
    served.discord.person("eve", nick="**[Eve](https://evil.example)** @everyone <@&1> `x`")
    await does(served, "eve", "/kudos give", to="ben", reason="for the night with the cluster")
    await does(served, "ana", "/kudos give", to="eve", reason="for the long night with the cluster")
    shown = await served.discord.types("ana", "/profile show", member="eve")
    for said in (*served.discord.messages("general"), shown.message):
        assert "](https://evil" not in str(said)
        assert "@everyone" not in str(said)


async def test_a_reaction_on_a_message_that_the_bot_never_saw_thanks_its_author(served):
    await does(served, "ana", "/settings kudos", channel="general")
    post = Post(served.discord.where("general"), blank(served.discord, served.discord.where("general"), ben(served)))
    post.body["content"] = "the migration is done"
    served.discord.posts.append(post)
    await served.discord.reacts("ana", post.body, "🙌")
    await served.settle()
    mine = await served.discord.types("ben", "/kudos mine")
    assert "the migration is done" in mine.content


def ben(served):
    """As Discord knows him."""
    return served.discord.users[served.discord.who("ben")]


async def test_a_thread_is_a_channel_like_others(served):
    where, owner = served.discord.where("general"), served.discord.who("olga")
    thread = served.discord.channel("night", kind=PUBLIC_THREAD, parent=where, owner=owner)
    await does(served, "ana", "/kudos give", to="ben", reason="for the night with the cluster", where=thread.id)
    (post,) = served.discord.messages(thread.id)
    assert "night with the cluster" in words([post])
    await served.discord.says("ana", f"<@{BOT}> skill claim Kubernetes expert", thread.id)
    await served.settle()
    assert "Kubernetes, expert: it is on your profile" in words(served.discord.letters("ana"))
