"""What Discord's errors mean for a delivery."""

from types import SimpleNamespace

import discord
import pytest

from adapters.discord.errors import REMEDIES, raised
from bot.carriage import Later, Undeliverable


def answered(status, code=0, words="no"):
    response = SimpleNamespace(status=status, reason="")
    return discord.HTTPException(response, {"code": code, "message": words})


@pytest.mark.parametrize("code", sorted(REMEDIES))
def test_what_will_not_work_next_time_either_is_told_with_a_remedy(code):
    found = raised(answered(403, code))
    assert isinstance(found, Undeliverable)
    assert str(found) == f"{REMEDIES[code]} ({code})"


def test_what_nobody_foresaw_is_told_in_discords_words():
    assert str(raised(answered(400, 31337, "Too purple"))) == "Discord does not allow it: Too purple (31337)"


def test_a_wrong_token_names_what_to_check():
    assert "DISCORD_TOKEN" in str(raised(answered(401)))


@pytest.mark.parametrize("error", [answered(500), answered(429), TimeoutError(), ConnectionResetError("reset")])
def test_what_may_work_later_is_tried_later(error):
    assert isinstance(raised(error), Later)


def test_a_long_wait_is_taken_over():
    assert raised(discord.RateLimited(91.5)).seconds == 91.5
