"""Commands, forms, menus and buttons over the wire: the real discord.py, the real core."""

from adapters.discord.serve import tell_commands
from bot.catalogue import Catalogue
from tests.discord.nouns import nodes
from tests.discord.served import Served, does, words

CALLBACK = "POST /interactions/{interaction_id}/{interaction_token}/callback"


async def test_a_kudos_is_answered_privately_and_posted_where_it_was_given(served):
    met = await does(served, "ana", "/kudos give", to="ben", reason="the docs & the *diagrams*, really")
    ben = served.discord.who("ben")
    assert met.ephemeral
    assert f"<@{ben}> has it" in met.content
    (posted,) = served.discord.messages("general")
    assert f"<@{ben}>" in words([posted])
    assert "the docs & the" in words([posted])
    assert ben in served.discord.post_of(posted).pings


async def test_what_is_missing_is_asked_for_in_a_form_and_what_is_known_is_kept(served):
    met = await served.discord.types("ana", "/kudos give", to="ben")
    people = next(one for one in nodes(met.modal["components"]) if one.get("custom_id") == "to")
    assert people["default_values"] == [{"type": "user", "id": served.discord.who("ben")}]
    done = await served.discord.submits("ana", reason="for the diagrams of last night")
    await served.settle()
    assert "has it" in done.content
    assert "diagrams of last night" in words(served.discord.messages("general"))


async def test_a_refused_form_comes_back_as_it_was_filled_in(served):
    await served.discord.types("ana", "/kudos give", to="ben")
    no = await served.discord.submits("ana", reason="ok")
    assert "little more" in no.content
    again = await served.discord.presses("ana", None, "Open again")
    reason = next(one for one in nodes(again.modal["components"]) if one.get("custom_id") == "reason")
    assert reason["value"] == "ok"
    await served.discord.submits("ana", reason="for the diagrams of last night")
    await served.settle()
    assert "diagrams of last night" in words(served.discord.messages("general"))


async def test_several_people_are_thanked_by_mentions(served):
    served.discord.person("dora")
    await does(served, "ana", "/kudos give", to="ben", others="@dora and @olga", reason="for the whole long night")
    posted = words(served.discord.messages("general"))
    assert all(f"<@{served.discord.who(one)}>" in posted for one in ("ben", "dora", "olga"))


async def test_suggestions_complete_while_typing(served):
    met = await served.discord.autocompletes("ana", "/skill claim", "skill", "kuber")
    assert "Kubernetes" in [one["name"] for one in met.choices]


async def test_the_person_behind_a_menu_is_in_the_form(served):
    for target in ("ben", await served.discord.says("ben", "the migration is done")):
        met = await served.discord.menu("ana", "Give kudos", target)
        people = next(one for one in nodes(met.modal["components"]) if one.get("custom_id") == "to")
        assert people["default_values"] == [{"type": "user", "id": served.discord.who("ben")}]


async def test_a_menu_that_needs_nothing_more_answers(served):
    met = await served.discord.menu("ana", "Show profile", "ben")
    assert met.ephemeral
    assert "Here since" in met.content


async def test_a_button_is_a_line_and_outlives_a_restart(served, people, tmp_path):
    await does(served, "ana", "/settings skills", channel="general")
    await does(served, "ana", "/skill claim", skill="Kubernetes", level="expert")
    await served.leave()
    again = Served(people, tmp_path / "discord.db")
    await again.start()
    met = await people.presses("ben", None, "Vouch")
    await again.settle()
    assert "hears that you have seen them do" in met.content
    assert "has seen you do" in words(people.letters("ana"))
    assert len(people.called("PUT /applications/{application_id}/commands")) == 1
    served.stop, served.running, served.bot, served.engine = again.stop, again.running, again.bot, again.engine


async def test_a_long_form_is_filled_in_steps_and_nothing_is_lost(served):
    await served.discord.types("ana", "/opportunity post", title="Data pipeline", needs="SQL expert")
    step = await served.discord.submits(
        "ana", description="Ten sensors and one dashboard, in Porto if you like the sea. " * 10
    )
    assert "nearly done" in step.content
    await served.discord.presses("ana", None, "Say more")
    step = await served.discord.submits("ana", location="Porto")
    await served.discord.presses("ana", None, "Post it") if "nearly done" in step.content else None
    await served.settle()
    posted = words(served.discord.messages("general"))
    assert "Data pipeline" in posted
    assert "SQL" in posted
    assert "Porto" in posted


async def test_a_slow_command_is_put_off_and_then_answered(served):
    await does(served, "ben", "/skill claim", skill="Kubernetes", level="expert")
    met = await served.discord.types("ana", "/skill find", need="somebody who knows Kubernetes")
    assert met.kind == 5
    assert met.ephemeral
    assert f"<@{served.discord.who('ben')}>" in met.content


async def test_a_slow_command_that_asks_opens_its_form_at_once_and_is_put_off_when_it_is_sent(served):
    await does(served, "ben", "/skill claim", skill="Kubernetes", level="expert")
    met = await served.discord.types("ana", "/skill find")
    assert met.modal["title"]
    sent = await served.discord.submits("ana", need="somebody who knows Kubernetes")
    assert sent.kind == 5
    assert f"<@{served.discord.who('ben')}>" in sent.content


async def test_commands_are_told_again_when_they_changed_and_only_then(served):
    route = "PUT /applications/{application_id}/commands"
    client = await served.bot.client()
    await tell_commands(served.bot, client)
    assert len(served.discord.called(route)) == 1
    visible = [one for one in served.app.catalogue.visible() if one.name != "skill map"]
    for commands, times in ((visible, 2), (visible, 2), (served.app.catalogue.visible(), 3)):
        served.app.catalogue = Catalogue(())
        served.app.catalogue.add(commands)
        await tell_commands(served.bot, client)
        assert len(served.discord.called(route)) == times


async def test_a_file_is_attached_to_its_command(served):
    key = served.discord.snowflake()
    rows = "conceptType,conceptUri,preferredLabel,altLabels,description"
    skill = "KnowledgeSkillCompetence,http://data.europa.eu/esco/skill/1,tune pianos,piano tuning,"
    served.discord.attached[key] = ("esco.csv", f"{rows}\n{skill}\n".encode())
    met = await does(served, "ana", "/skill import", file=key)
    await served.settle()
    assert "esco.csv" in met.content + words(served.discord.letters("ana"))
    done = await served.discord.autocompletes("ana", "/skill claim", "skill", "tune pia")
    assert "tune pianos" in [one["name"].casefold() for one in done.choices]


async def test_a_form_that_comes_too_late_waits_behind_a_button_in_a_direct_message(served):
    served.discord.fail(CALLBACK, 404, 10062)
    await served.discord.types("ana", "/kudos give", to="ben", wait=False)
    await served.settle()
    await served.discord.presses("ana", None, "Open the form")
    await served.discord.submits("ana", reason="for the diagrams of last night")
    await served.settle()
    assert "diagrams of last night" in words(served.discord.letters("ben"))


async def test_suggestions_that_come_too_late_are_no_fault(served, log):
    served.discord.fail(CALLBACK, 404, 10062)
    ana = served.discord.autocompletes("ana", "/skill claim", "skill", "kuber")
    served.discord.answer_seconds = 0.2
    await ana
    await served.settle()
    served.discord.forgive("was not answered")
    assert [one for one in log.lines if one["event"] == "discord answer failed"] == []
