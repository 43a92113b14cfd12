"""The features of Manyhands: the one list to add a new one to."""

from bot import (
    audit,
    board,
    cheers,
    circles,
    digest,
    drafts,
    endings,
    guide,
    interest,
    intros,
    kudos,
    lessons,
    linking,
    notify,
    opportunities,
    portable,
    profile,
    reasons,
    received,
    reconfirming,
    referrals,
    remarks,
    settings,
    shortlist,
    silence,
    skill_gaps,
    skill_import,
    skill_map,
    skill_names,
    skills,
    standing,
    standing_card,
    teasers,
    undelivered,
    vetting,
)
from bot.catalogue import Catalogue

FEATURES = (
    skills,
    skill_map,
    skill_gaps,
    skill_names,
    skill_import,
    kudos,
    cheers,
    received,
    board,
    intros,
    opportunities,
    drafts,
    teasers,
    interest,
    remarks,
    endings,
    silence,
    referrals,
    shortlist,
    digest,
    lessons,
    profile,
    reasons,
    reconfirming,
    standing_card,
    portable,
    linking,
    circles,
    vetting,
    notify,
    standing,
    settings,
    guide,
    undelivered,
    audit,
)
welcome = guide.welcome


def catalogue() -> Catalogue:
    """Every command there is."""
    made = Catalogue(FEATURES)
    made.add(settings.commands())
    made.add([guide.command_of(made)])
    return made
