"""A standing that its owner carries away: a signed Open Badges 3.0 credential, verified with the file alone.

Data Integrity proofs of the suite eddsa-rdfc-2022 (W3C vc-di-eddsa), issued and checked by openbadgeslib with the
contexts that it ships, so that nothing is ever fetched. The issuer is named by its key (did:key), so the public key is
all that a verifier needs. The file is one exact text, so that no byte of it can change unnoticed.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

CRITERIA = (
    "The number of independent, trusted voices behind the member: people who thanked or vouched for them, or finished "
    "work with them. Voices count by how much vetted members trust them, one person is at most one voice, people of "
    "one circle count little more than one, and words fade with time."
)


PROVEN = "Intact, and signed by the holder of the key {key}."
UNPROVEN = (
    "Intact, issuer unproven: by its own account it was signed with the key {key}.\n"
    "Ask the community for its key (`reputation key`) and verify again with --key."
)
AHEAD, TO_COME = "Credential is not yet valid", "By the clock of this machine, the day of it is still to come."
OVERALL, TRUSTED = "Independent voices over all skills", "People among them who are trusted"


class Broken(ValueError):
    """The file does not verify; the message says why, in words for the one who holds it."""


@dataclass(frozen=True)
class Endorser:
    """Someone who agreed to be named, what they did, and their words."""

    name: str
    did: str
    words: str = ""


@dataclass(frozen=True)
class Statement:
    """What a community says of a member at one moment; `skills` are names with a standing, the highest first."""

    community: str
    member: str
    at: datetime
    overall: str
    voices: int
    skills: tuple[tuple[str, str], ...]
    endorsers: tuple[Endorser, ...]


@dataclass(frozen=True)
class Verified:
    """What an intact file says, and by which key it was signed."""

    key: str
    statement: Statement


def new_key() -> tuple[str, str]:
    """A new Ed25519 key: the public half as multibase (`z6Mk...`), the private half as PEM."""
    from cryptography.hazmat.primitives import serialization as form  # with openbadgeslib, only for signing
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from openbadgeslib.ob3 import multikey_from_pem

    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    public = key.public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)
    return multikey_from_pem(public), pem.decode()


def sign(said: Statement, unique: str, public: str, private: str) -> bytes:
    """The signed credential as a file; `unique` makes its id."""
    from openbadgeslib.ob3 import OB3LdpSigner  # pyld and its contexts: a third of a second, only for signing

    return _text(OB3LdpSigner(private).sign(_credential(said, unique, public), created=said.at))


def _credential(said: Statement, unique: str, public: str) -> Any:
    from openbadgeslib.ob3 import IdentityObject, Issuer, OpenBadgeCredential, Result  # with the signer

    base = _urn(public)
    values = {"overall": said.overall, "trusted": str(said.voices)}
    results = [Result(value=value, result_description=_urn(base, name)) for name, value in values.items()]
    results += [Result(value=value, result_description=_urn(base, "skill", name)) for name, value in said.skills]
    return OpenBadgeCredential(
        issuer=Issuer(f"did:key:{public}", said.community),
        recipient_id=None,
        achievement=_achievement(said, base),
        id=_urn(base, unique),
        name=f"{said.member}'s standing in {said.community}",
        issuance_date=said.at,
        identifiers=[IdentityObject(said.member, "name", hashed=False)],
        results=results,
        evidence=[_evidence(one) for one in said.endorsers],
    )


def _achievement(said: Statement, base: str) -> Any:
    from openbadgeslib.ob3 import Achievement, ResultDescription  # with the signer

    names = {"overall": OVERALL, "trusted": TRUSTED}
    shown = [ResultDescription(_urn(base, key), name, "RawScore") for key, name in names.items()]
    shown += [ResultDescription(_urn(base, "skill", name), name, "RawScore") for name, _value in said.skills]
    return Achievement(
        _urn(base, "achievement"),
        f"Standing in {said.community}",
        f"The standing of {said.member}: {said.overall} independent voices over all skills.",
        CRITERIA,
        achievement_type="CommunityService",
        result_descriptions=shown,
    )


def _evidence(one: Endorser) -> Any:
    from openbadgeslib.ob3 import Evidence  # with the signer

    return Evidence(name=one.name, description=one.did, narrative=one.words or None, genre="endorsement")


def _urn(*parts: str) -> str:
    return f"urn:uuid:{uuid5(NAMESPACE_URL, ' '.join(parts))}"


def _text(document: dict[str, Any]) -> bytes:
    """The one text of a document."""
    return (json.dumps(document, sort_keys=True, ensure_ascii=False, indent=2) + "\n").encode()


def verify(data: bytes, keys: Sequence[str] = ()) -> Verified:
    """What the file says, when it is intact and signed by one of the keys (by whichever it names, when none is given).

    Raises `Broken` when it is not.
    """
    document = _document(data)
    public = str(_at(document, "issuer", "id")).removeprefix("did:key:")
    if keys and public not in [key.removeprefix("did:key:").split("#")[0] for key in keys]:
        raise Broken(f"It was not signed with that key. It names the key {public[:80]} as its issuer's.")
    _check_proof(document, public)
    try:
        return Verified(public, _statement(document, _urn(public)))
    except (KeyError, IndexError, TypeError, ValueError):
        raise Broken("Its signature fits, but it does not speak of a standing.") from None


def _document(data: bytes) -> dict[str, Any]:
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        raise Broken("It is not a credential: it cannot be read as JSON.") from None
    if not isinstance(document, dict):
        raise Broken("It is not a credential.")
    try:
        same = _text(document) == data
    except (ValueError, RecursionError):
        same = False
    if not same:
        raise Broken("It was changed or reformatted after it was signed.")
    return document


def _check_proof(document: dict[str, Any], public: str) -> None:
    from openbadgeslib.ob3 import OB3VerificationError, resolve_did  # with the signer

    try:
        _check_signed(document, resolve_did(f"did:key:{public}"))
        method = _at(document, "proof", "verificationMethod")
    except (OB3VerificationError, ValueError) as error:
        raise Broken(f"The signature does not fit: it was changed after it was signed. ({str(error)[:200]})") from error
    if method != f"did:key:{public}#{public}":
        raise Broken("Its proof names another key than its issuer's.")


def _check_signed(document: dict[str, Any], key: Any) -> None:
    """Also of a day that is still to come: two clocks seldom agree, and a day ahead is told to the one who verifies.

    The library judges the day last, when form and proof are found good; the proof is checked again all the same.
    """
    from openbadgeslib.ob3 import OB3LdpVerifier, OB3VerificationError, verify_data_integrity_proof  # with the signer

    try:
        OB3LdpVerifier(key).verify(document)
    except OB3VerificationError as error:
        if not str(error).startswith(AHEAD):
            raise
        verify_data_integrity_proof(document, key)


def _statement(document: dict[str, Any], base: str) -> Statement:
    """What is said, read from a document whose proof fits; by ids, since the order of a list is not signed."""
    subject = document["credentialSubject"]
    names = {one["id"]: one["name"] for one in subject["achievement"]["resultDescription"]}
    values = {one["resultDescription"]: one["value"] for one in subject["result"]}
    overall, trusted = values.pop(_urn(base, "overall")), values.pop(_urn(base, "trusted"))
    skills = sorted(((names[key], value) for key, value in values.items()), key=lambda one: (-float(one[1]), one[0]))
    return Statement(
        community=document["issuer"]["name"],
        member=subject["identifier"][0]["identityHash"],
        at=datetime.fromisoformat(document["validFrom"]),
        overall=overall,
        voices=int(trusted),
        skills=tuple(skills),
        endorsers=tuple(
            Endorser(one["name"], one["description"], one.get("narrative", "")) for one in document.get("evidence", [])
        ),
    )


def _at(document: dict[str, Any], *path: str) -> Any:
    found: Any = document
    for step in path:
        if not isinstance(found, dict) or step not in found:
            raise Broken("It is not a credential of a Manyhands community.")
        found = found[step]
    return found


def in_words(found: Verified, proven: bool, now: datetime) -> str:
    """What it proves, line by line, for someone who never heard of it."""
    said = found.statement
    first = PROVEN if proven else UNPROVEN
    lines = [first.format(key=found.key), *([TO_COME] if said.at > now else [])]
    lines += [f"On {said.at:%d %B %Y}, {said.community} said of {said.member}:"]
    lines += [f"  {said.overall} independent voices over all skills, from {said.voices} people who are trusted"]
    lines += [f"  {name}: {value}" for name, value in said.skills]
    lines += [f"  {one.name} {one.did}" + (f": “{one.words}”" if one.words else "") for one in said.endorsers]
    return "\n".join(lines)
