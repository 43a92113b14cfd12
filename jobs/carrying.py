"""One parcel's way through a carrier: a living card whose message somebody deleted gets a new one, or is let be."""

from dataclasses import replace

import structlog

from bot.carriage import Carried, Carrier, Gone, Parcel
from bot.ui import Actions

log = structlog.get_logger("manyhands.courier")


async def carried(carrier: Carrier, parcel: Parcel) -> Carried:
    """Posted anew while there is something to press on it, so that nobody loses the button; what is only news of
    something that was deleted stays away."""
    try:
        return await carrier.carry(parcel)
    except Gone:
        is_alive = any(isinstance(one, Actions) for one in parcel.card.body)
        log.info("the message was deleted", row=parcel.id, again=is_alive)
        return await carrier.carry(replace(parcel, edits="")) if is_alive else Carried(parcel.channel, parcel.edits)
