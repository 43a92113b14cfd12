"""The manifest is what the commands declare, asks for no more than is used, and is what Slack takes."""

import json
import re
from pathlib import Path

import pytest
import yaml

from adapters.slack.manifest import HEARD, RESERVED, SCOPES, as_json, as_yaml, manifest
from bot import features
from bot.catalogue import Catalogue
from bot.command import command
from bot.ctx import Ctx
from bot.ui import Reply

ROOT = Path(__file__).parents[2]
# Collected in November 2026 from what Slack's clients answer themselves.
# fmt: off
TAKEN = {
    "active", "archive", "away", "call", "collapse", "dm", "dnd", "expand", "feed",
    "feedback", "help", "invite", "invite_people", "join", "leave", "me", "msg", "mute",
    "open", "part", "prefs", "remind", "remove", "rename", "search", "shortcuts", "shrug",
    "star", "status", "topic", "unarchive", "who",
}
# fmt: on
PUBLIC = "https://bot.example.org"
COMMANDS = features.catalogue().visible()

# Slack's reference of each method and event: what a bot's token needs for it.
HISTORY = {"channels:history", "groups:history", "im:history", "mpim:history"}
METHODS = {
    "auth_test": set(),
    "apps_connections_open": set(),
    "oauth_v2_access": set(),
    "views_open": set(),
    "views_update": set(),
    "views_publish": set(),
    "chat_postMessage": {"chat:write"},
    "chat_postEphemeral": {"chat:write"},
    "chat_update": {"chat:write"},
    "chat_delete": {"chat:write"},
    "conversations_open": {"im:write", "mpim:write"},
    "chat_getPermalink": set(),
    "conversations_history": HISTORY,
    "conversations_replies": HISTORY,
    "usergroups_users_list": {"usergroups:read"},
    "files_upload_v2": {"files:write"},
    "users_info": {"users:read"},
    "users_conversations": {"channels:read"},
    "conversations_list": {"channels:read"},
    "users_list": {"users:read"},
    "bots_info": {"users:read"},
}
EVENTS = {
    "app_home_opened": set(),
    "app_mention": {"app_mentions:read"},
    "member_joined_channel": {"channels:read"},
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "message.im": {"im:history"},
    "reaction_added": {"reactions:read"},
    "reaction_removed": {"reactions:read"},
    "team_join": {"users:read"},
    "user_change": {"users:read"},
    "app_uninstalled": set(),
    "tokens_revoked": set(),
}


def of(mode="http", catalogue=None):
    return manifest(catalogue or features.catalogue(), mode, PUBLIC if mode == "http" else "")


def source():
    return "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "adapters" / "slack").glob("*.py"))


def slashes(made):
    return [one["command"] for one in made["features"]["slash_commands"]]


def strings(node):
    if isinstance(node, dict):
        return [text for one in node.values() for text in strings(one)]
    return [text for one in node for text in strings(one)] if isinstance(node, list) else [node]


def test_every_group_whose_name_an_app_may_have_is_a_slash_command():
    assert set(slashes(of())) == {"/manyhands"} | {f"/{one.group}" for one in COMMANDS} - {"/help"}


def test_no_slash_command_has_a_name_of_slacks_own():
    assert not {name.removeprefix("/") for name in slashes(of())} & RESERVED
    assert {"me", "who", "msg", "status", "remind", "search", "topic", "invite"} <= RESERVED


def test_no_slash_command_has_a_name_that_was_seen_to_be_taken():
    assert TAKEN <= RESERVED
    assert not {name.removeprefix("/") for name in slashes(of())} & TAKEN


def test_everything_is_as_long_as_slack_allows():
    """By docs.slack.dev/reference/app-manifest."""
    made = of()
    shown, features_ = made["display_information"], made["features"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 174 <= len(shown["long_description"]) <= 4000
    assert len(features_["bot_user"]["display_name"]) <= 80
    for one in features_["slash_commands"]:
        assert len(one["command"]) <= 32
        assert (len(one["description"]) <= 2000, len(one["usage_hint"]) <= 1000) == (True, True)
    for one in features_["shortcuts"]:
        assert len(one["callback_id"]) <= 255
        assert (len(one["name"]) <= 24, len(one["description"]) <= 150) == (True, True)
    assert (len(features_["slash_commands"]) <= 50, len(features_["shortcuts"]) <= 10) == (True, True)


def test_a_group_with_a_reserved_name_is_reached_by_the_one_command_that_takes_any_line():
    @command("remind me", "Say something later")
    def remind(ctx: Ctx) -> Reply:
        return None

    other = Catalogue([])
    other.add([remind])
    assert slashes(of(catalogue=other)) == ["/manyhands"]


def test_a_new_command_is_in_the_manifest_by_itself():
    @command("lunch find", "Find company for lunch", menu="Lunch")
    def lunch(ctx: Ctx, when: str) -> Reply:
        return None

    other = Catalogue([])
    other.add([lunch])
    made = of(catalogue=other)["features"]
    assert made["slash_commands"][1]["usage_hint"] == "find WHEN"
    assert made["shortcuts"][0]["callback_id"] == "lunch-find"


def test_users_and_channels_in_slash_commands_arrive_as_keys():
    assert all(one["should_escape"] for one in of()["features"]["slash_commands"])


def test_the_hint_of_a_group_tells_each_of_its_commands():
    kudos = next(one for one in of()["features"]["slash_commands"] if one["command"] == "/kudos")
    assert kudos["usage_hint"].startswith("give TO... REASON | undo")
    assert kudos["description"].startswith("Thank people for what they did; take back")


def test_what_has_a_menu_entry_is_a_shortcut_that_finds_its_command_again():
    made = {one["callback_id"].replace("-", " "): one["name"] for one in of()["features"]["shortcuts"]}
    assert made == {one.name: one.menu for one in features.catalogue().menus()}


def test_what_takes_a_person_is_offered_on_their_messages_and_the_rest_everywhere():
    kinds = {one["callback_id"]: one["type"] for one in of()["features"]["shortcuts"]}
    assert kinds["kudos-give"] == kinds["opportunity-make"] == "message"
    assert kinds["profile-show"] == "global"


def test_over_a_socket_no_address_is_needed_or_given():
    made = of("socket")
    assert made["settings"]["socket_mode_enabled"]
    assert not [text for text in strings(made) if str(text).startswith("http")]


def test_over_http_everything_goes_to_one_address():
    made = of()
    settings = made["settings"]
    urls = {one["url"] for one in made["features"]["slash_commands"]}
    urls |= {settings["event_subscriptions"]["request_url"], settings["interactivity"]["request_url"]}
    urls.add(settings["interactivity"]["message_menu_options_url"])
    assert urls == {f"{PUBLIC}/slack/events"}
    assert made["oauth_config"]["redirect_urls"] == [f"{PUBLIC}/slack/oauth_redirect"]
    assert not settings["socket_mode_enabled"]


@pytest.mark.parametrize("url", ["", "http://bot.example.org", "bot.example.org"])
def test_over_http_an_address_that_slack_cannot_use_is_refused_by_name(url):
    with pytest.raises(ValueError, match="PUBLIC_URL"):
        manifest(features.catalogue(), "http", url)


def test_a_slash_at_the_end_of_the_address_is_no_matter():
    assert manifest(features.catalogue(), "http", PUBLIC + "/") == of()


def test_people_can_write_to_the_bot_and_have_a_home_tab():
    home = of("socket")["features"]["app_home"]
    assert home == {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False}


def test_every_method_that_is_called_has_its_scopes():
    called = set(re.findall(r"client\.([a-z]+_[A-Za-z_0-9]+)[(,]", source())) - {"api_call"}
    called |= {one.replace(".", "_") for one in re.findall(r'client\.api_call\("([\w.]+)"', source())}
    assert called <= set(METHODS), "a new method: look its scopes up, and add it here"
    assert set().union(*(METHODS[one] for one in called)) <= set(SCOPES)


def test_no_scope_is_asked_for_that_no_method_or_event_needs():
    needed = set().union(*METHODS.values(), *(EVENTS[one] for one in HEARD))
    for_file_fields = {"files:read"}
    assert set(SCOPES) == needed | {"commands"} | for_file_fields
    assert of()["oauth_config"]["scopes"] == {"bot": list(SCOPES)}


def test_every_event_that_is_listened_for_is_asked_for():
    listened = {"message.im" if one == "message" else one for one in re.findall(r'\.event\("(\w+)"\)', source())}
    assert listened <= set(of()["settings"]["event_subscriptions"]["bot_events"])
    assert set(EVENTS) == set(HEARD)


def test_the_end_of_an_installation_is_heard_in_both_modes():
    for mode in ("http", "socket"):
        assert {"app_uninstalled", "tokens_revoked"} <= set(of(mode)["settings"]["event_subscriptions"]["bot_events"])


@pytest.mark.parametrize("mode", ["socket", "http"])
def test_both_ways_of_writing_it_say_the_same(mode):
    made = of(mode)
    assert json.loads(as_json(made)) == yaml.safe_load(as_yaml(made)) == made


def test_slacks_limits_are_kept():
    made = of()
    shown, parts = made["display_information"], made["features"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 174 <= len(shown["long_description"]) <= 4000
    assert len(parts["slash_commands"]) <= 50
    assert len(parts["shortcuts"]) <= 10
    assert all(re.fullmatch(r"/[a-z0-9_-]{1,31}", name) for name in slashes(made))
    assert all(len(one["description"]) <= 140 and one["usage_hint"] for one in parts["slash_commands"])
    assert all(len(one["name"]) <= 24 and len(one["description"]) <= 150 for one in parts["shortcuts"])


def test_words_that_do_not_fit_are_left_out_whole():
    @command("long one", "x" * 200)
    def one(ctx: Ctx) -> Reply:
        return None

    @command("long two", "Two")
    def two(ctx: Ctx) -> Reply:
        return None

    other = Catalogue([])
    other.add([one, two])
    assert of(catalogue=other)["features"]["slash_commands"][1]["description"] == "x" * 140


def test_each_scope_has_its_reason_on_the_page():
    page = (ROOT / "docs" / "slack.md").read_text(encoding="utf-8")
    assert [one for one, why in SCOPES.items() if f"| `{one}` | {why} |" not in page] == []
