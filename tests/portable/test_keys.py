"""The standard it follows, the keys that sign it, and where they are kept."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import jsonschema_rs
import pytest
from openbadgeslib.ob3 import OB3LdpVerifier
from openbadgeslib.ob3.contexts import bundled_contexts

from bot.credential import Endorser, verify
from bot.ui import Card, File, No
from jobs.environment import Environment
from jobs.safes import key_file, safe_of
from storage.machinery import Audit
from storage.records import SigningKey
from storage.secrets import SIGNING, Safe, WrongKey
from tests.portable.steps import DATA, PUBLIC
from tests.world import World

ROOT = Path(__file__).parent.parent.parent


WORD = "kudos give @{} the docs were splendid"


def some(*required, **properties):
    return {"type": "object", "required": required, "properties": properties}


def listed(items):
    return {"type": "array", "minItems": 1, "items": items}


TYPED = some("type")


RESULT_TYPES = ["RawScore", "Percent", "ScaledScore", "Result", "Status"]


REQUIRED = some(
    *("@context", "id", "type", "credentialSubject", "issuer", "validFrom", "proof"),
    type={"type": "array", "contains": {"enum": ["AchievementCredential", "OpenBadgeCredential"]}},
    issuer=some("id", "type"),
    proof=some("type", "created", "verificationMethod", "proofPurpose", "proofValue"),
    evidence=listed(TYPED),
    credentialSubject=some(
        *("type", "achievement", "identifier"),
        identifier=listed(some("type", "hashed", "identityHash", "identityType")),
        result=listed(TYPED),
        achievement=some(
            *("id", "type", "name", "description", "criteria"),
            resultDescription=listed(some("id", "type", "name", "resultType", resultType={"enum": RESULT_TYPES})),
        ),
    ),
)


def file_of(reply):
    assert isinstance(reply, Card)
    (file,) = [node for node in reply.body if isinstance(node, File)]
    return file


def key_of(world):
    return world.hears("ana", "reputation key").split("`")[1]


def env_of(**values):
    return Environment(_env_file=None, **values)


ALONE = """
import socket
def refuse(*_words, **_more): raise OSError("there is no network here")
socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
"""


def run(folder, *words):
    """On a machine that knows nothing: an empty home, no setting, no database, no network."""
    lonely = folder.parent / f"{folder.name}-alone"
    lonely.mkdir()
    (lonely / "sitecustomize.py").write_text(ALONE)
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": f"{lonely}:{ROOT}"}
    command = [sys.executable, "-m", "manyhands", *words]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, encoding="utf-8", check=False, timeout=120)


@pytest.fixture
def known(world: World) -> World:
    """Ben is known for Docker; the admin agreed to be named, Ana did not."""
    world.joins("admin", "ana", "ben")
    world.says("ben", "skill claim Docker expert")
    world.says("admin", WORD.format("ana"))
    world.says("admin", 'skill vouch @ben Docker note:"He shrank it to a tenth"')
    world.says("ana", WORD.format("ben"))
    world.says("admin", "profile edit credentials:yes")
    world.passes(seconds=1)
    return world


def test_other_verifiers_of_the_standard_accept_it():
    found = OB3LdpVerifier().verify(DATA)
    assert found.issuer.id == f"did:key:{PUBLIC}"
    assert found.raw["proof"]["cryptosuite"] == "eddsa-rdfc-2022"


def test_it_has_what_the_published_schema_of_the_standard_requires():
    """No library for Python ships that schema, so what it requires of the parts that we write stands here."""
    assert jsonschema_rs.validator_for(REQUIRED).is_valid(json.loads(DATA))


def test_its_contexts_are_published_ones_that_the_library_ships():
    assert set(json.loads(DATA)["@context"]) <= set(bundled_contexts())


def test_the_file_says_what_the_bot_says(known: World):
    found = verify(file_of(known.says("ben", "reputation export")).data, [key_of(known)]).statement
    assert (found.member, found.community, found.voices) == ("ben", "Manyhands", 2)
    assert f"{found.overall} independent voices" in known.hears("ana", "reputation show @ben")
    assert [name for name, _value in found.skills] == ["Docker"]


def test_only_who_agreed_is_named_with_their_words(known: World):
    file = file_of(known.says("ben", "reputation export"))
    assert verify(file.data).statement.endorsers == (Endorser("admin", "vouched", "He shrank it to a tenth"),)
    assert b"ana" not in file.data.replace(b"Manyhands", b"")


def test_who_has_nothing_has_nothing_to_take(known: World):
    assert isinstance(known.says("admin", "reputation export"), No)
    assert known.count(SigningKey) == 0


def test_the_key_is_made_once_and_its_private_half_is_unreadable(known: World):
    first, again = key_of(known), key_of(known)
    assert first == again
    with known.db() as db:
        (row,) = db.exec(SigningKey.__table__.select()).all()
    assert "PRIVATE KEY" not in str(row)


def test_old_files_verify_after_a_new_key_was_made(known: World):
    old, before = file_of(known.says("ben", "reputation export")).data, key_of(known)
    assert isinstance(known.says("ana", "reputation rotate"), No)
    known.says("admin", "reputation rotate")
    new, after = file_of(known.says("ben", "reputation export")).data, key_of(known)
    assert before != after
    assert verify(old, [before]).key == before
    assert verify(new, [after]).key == after
    assert f"{before}`, until" in known.hears("ana", "reputation key")
    assert known.count(Audit, Audit.line == f"reputation rotate {after}") == 1


def test_communities_have_keys_of_their_own(known: World):
    known.says("zoe", "help", place=known.second)
    elsewhere = known.hears("zoe", "reputation key", place=known.second)
    assert key_of(known) not in elsewhere


def test_without_a_place_for_secrets_the_operator_is_named(known: World):
    def nowhere():
        raise WrongKey("SECRET_KEY is missing.")

    known.app.safe = nowhere
    said = known.hears("ben", "reputation export")
    assert "SECRET_KEY is missing" in said
    assert "went wrong" not in said


def test_with_another_secret_the_key_is_not_opened(known: World):
    key_of(known)
    known.app.safe = lambda: Safe("quite another secret key", SIGNING)
    assert "SECRET_KEY=new,old" in known.hears("ben", "reputation export")


def test_a_sqlite_file_has_its_key_beside_it_readable_by_its_owner_alone(tmp_path):
    env = env_of(database_url=f"sqlite:///{tmp_path / 'm.db'}", secret_key=None)
    kept = safe_of(env)().encrypt("x")
    file = key_file(env.database_url)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert safe_of(env)().decrypt(kept) == "x"


def test_a_secret_key_comes_before_the_file(tmp_path):
    env = env_of(database_url=f"sqlite:///{tmp_path / 'm.db'}", secret_key="a key that is long enough")
    kept = safe_of(env)().encrypt("x")
    assert not key_file(env.database_url).exists()
    assert Safe("a key that is long enough", SIGNING).decrypt(kept) == "x"


@pytest.mark.parametrize("url", ["postgresql+psycopg://h/d", "sqlite://", "sqlite:///:memory:"])
def test_a_server_or_memory_needs_the_secret_key(url):
    with pytest.raises(WrongKey, match="SECRET_KEY"):
        safe_of(env_of(database_url=url, secret_key=None))()


def test_another_machine_needs_only_the_file_and_the_key(tmp_path):
    (tmp_path / "standing.json").write_bytes(DATA)
    ended = run(tmp_path, "verify", "standing.json", "--key", PUBLIC)
    assert ended.returncode == 0, ended.stderr
    assert "Intact, and signed by the holder" in ended.stdout
    assert "Docker: 1.20" in ended.stdout
    assert os.listdir(tmp_path) == ["standing.json"]


def test_a_tampered_file_ends_with_1_and_words(tmp_path):
    (tmp_path / "standing.json").write_bytes(DATA.replace(b"2.31", b"9.31"))
    ended = run(tmp_path, "verify", "standing.json")
    assert ended.returncode == 1
    assert ended.stdout.startswith("Broken.")
    assert "Traceback" not in ended.stderr
