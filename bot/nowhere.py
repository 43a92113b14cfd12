"""What has no channel to stand in: the admins are asked for one, once, and nothing is kept back for it meanwhile."""

from datetime import timedelta

from bot import outbox
from bot.config import Settings, is_chosen
from bot.ctx import Ctx
from bot.remembered import once_in
from bot.ui import Button, actions, card, line

ONCE = timedelta(days=36_500)


def ask_for_channel(ctx: Ctx, model: type[Settings], why: str) -> None:
    """Asks the admins, unless they have said where, or nowhere, or were asked before."""
    if is_chosen(ctx, model) or not once_in(ctx, f"channel {model.feature}", ONCE):
        return
    choose = actions(Button("Choose a channel", f"settings {model.feature}", "primary"))
    where = line("Where shall it go? I ask this once; `settings` has it whenever you want.")
    outbox.tell_admins(ctx, card("{why}", where, choose, why=why))
