"""The conversations of people with the bot, each opened once: Slack lets few be opened in a minute."""

from collections.abc import Iterable

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.web import got

MOST_KNOWN = 50_000
MOST_PEOPLE = 8


class Rooms:
    """Direct messages, and groups of up to eight."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, frozenset[str]], str] = {}

    async def of(self, client: AsyncWebClient, team: str, users: Iterable[str]) -> str:
        """The channel of these people and the bot, in one workspace."""
        people = list(users)[:MOST_PEOPLE]
        if found := self._known.get((team, frozenset(people))):
            return found
        opened = got(await client.conversations_open(users=people), "channel", "id")
        self.learn(team, people, opened)
        return opened

    def learn(self, team: str, users: Iterable[str], channel: str) -> None:
        """That it is there was told by other means."""
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        self._known[team, frozenset(users)] = channel

    def forget(self, team: str, user: str) -> None:
        """All that somebody was in: they have left."""
        self._known = {key: room for key, room in self._known.items() if key[0] != team or user not in key[1]}
