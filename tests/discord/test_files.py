"""Files in Discord: by attachment or by form, from Discord's own addresses."""

import pytest

from adapters.discord.files import Shared, is_discords, shared_in
from adapters.discord.modals import UPLOAD, answers, modal
from bot.ui import Field, Form


@pytest.mark.parametrize(
    "url",
    [
        "https://cdn.discordapp.com.evil.example/x",
        "http://cdn.discordapp.com/x",
        "https://me@cdn.discordapp.com/x",
        "https://cdn.discordapp.com:8443/x",
        "https://[cdn.discordapp.com",
        "file:///etc/passwd",
        "",
    ],
)
def test_nothing_is_read_from_elsewhere(url: str):
    assert not is_discords(url)


@pytest.mark.parametrize("host", ["cdn.discordapp.com", "media.discordapp.net"])
def test_discords_own_addresses_are_read(host: str):
    assert is_discords(f"https://{host}/attachments/1/2/skills.csv?ex=1&is=2")


def test_a_form_asks_for_a_file_and_hands_over_its_key():
    form = Form("Bring a list", "skill import", (Field("file", "Which file?", "file", required=True),))
    (label,) = modal(form, "x", {}).data["components"]
    assert label["component"] == {
        "type": UPLOAD,
        "custom_id": "file",
        "min_values": 1,
        "max_values": 1,
        "required": True,
    }
    sent = {"components": [{"type": 18, "component": {"type": UPLOAD, "custom_id": "file", "values": ["77"]}}]}
    assert answers(sent) == {"file": "77"}


def test_attachments_are_described_by_their_keys():
    told = {"77": {"id": "77", "filename": "a.csv", "url": "https://cdn.discordapp.com/a.csv", "size": 4}}
    assert shared_in(told) == {"77": Shared("a.csv", "https://cdn.discordapp.com/a.csv", 4)}
