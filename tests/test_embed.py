"""The real language model in its own process: what it says, and what happens when it cannot."""

import os
import signal
import threading
import time

import numpy as np
import pytest

from bot.encoder import EncoderDown
from jobs import embed
from jobs.embed import Encoder

KUBERNETES, BAKING, CLUSTER = "Kubernetes", "Baking", "k8s cluster"
SOON, AT_MOST = 0.05, 60


@pytest.fixture(scope="module")
def loaded():
    """One process for the tests that only ask."""
    encoder = Encoder()
    encoder.start()
    yield encoder
    encoder.close()


@pytest.fixture
def own():
    """A process to be ill-treated."""
    made = []

    def encoder(model=""):
        made.append(Encoder(model))
        return made[-1]

    yield encoder
    for one in made:
        one.close()


def nearness(encoder, query, *texts):
    """The cosine of a query with each text."""
    asked, known = encoder.encode([query], "query"), encoder.encode(list(texts))
    return (known @ asked[0]).tolist()


def kill(encoder):
    """The system takes the process away, as when memory is short."""
    (pid,) = encoder.pids()
    os.kill(pid, signal.SIGKILL)


def refused(encoder):
    """The reason why there are no vectors."""
    with pytest.raises(EncoderDown) as down:
        encoder.encode([BAKING])
    return str(down.value)


def test_a_text_is_a_row_of_length_one(loaded):
    rows = loaded.encode([KUBERNETES, BAKING, "", "ein langer Satz " * 500])
    assert rows.shape == (4, 384)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_nothing_to_encode_asks_nobody(own):
    encoder = own()
    assert encoder.encode([]).shape == (0, 0)
    assert encoder.pids() == []


def test_what_means_the_same_is_near(loaded):
    near, far = nearness(loaded, CLUSTER, KUBERNETES, BAKING)
    assert near > far + 0.2


def test_the_same_text_is_the_same_vector(loaded):
    alone, among = loaded.encode([BAKING]), loaded.encode([KUBERNETES, BAKING, CLUSTER])
    assert np.allclose(alone[0], among[1], atol=1e-5)


def test_a_text_no_tokenizer_expects_is_encoded(loaded):
    rows = loaded.encode(["\x00\ud7ff\U0001f9ea", "\n\t ", "א" * 9000])
    assert np.isfinite(rows).all()


def test_two_threads_each_get_their_own_answer(loaded):
    texts = [[KUBERNETES, BAKING], [BAKING], [CLUSTER, KUBERNETES, BAKING]]
    wanted = [loaded.encode(one) for one in texts]
    found = {}

    def ask(at):
        found[at] = [loaded.encode(texts[at]) for _ in range(5)]

    threads = [threading.Thread(target=ask, args=(at,)) for at in range(len(texts))]
    for one in threads:
        one.start()
    for one in threads:
        one.join(AT_MOST)
    assert sorted(found) == [0, 1, 2]
    assert all(np.allclose(rows, wanted[at], atol=1e-5) for at, each in found.items() for rows in each)


@pytest.mark.soak
def test_a_model_that_died_is_down_and_comes_back_after_a_rest(own, monkeypatch):
    encoder = own()
    before = encoder.encode([BAKING])
    kill(encoder)
    assert "stopped" in refused(encoder)
    assert refused(encoder) == refused(encoder), "while it rests nobody waits for it"
    assert encoder.pids() == []
    monkeypatch.setattr(embed, "REST_SECONDS", 0)
    assert np.allclose(encoder.encode([BAKING]), before, atol=1e-5)
    assert encoder.encode([KUBERNETES]).shape == (1, 384)


def test_a_model_that_dies_while_it_loads_is_down(own):
    encoder = own()
    encoder.start()
    kill(encoder)
    assert "stopped" in refused(encoder)


def test_a_resting_model_is_not_started(own):
    encoder = own()
    encoder.start()
    kill(encoder)
    refused(encoder)
    encoder.start()
    assert encoder.pids() == []


@pytest.mark.soak
def test_a_model_that_does_not_exist_is_down_and_named(own, tmp_path):
    why = refused(own(str(tmp_path / "nowhere")))
    assert str(tmp_path / "nowhere") in why
    assert "cannot be loaded" in why


@pytest.mark.soak
def test_a_folder_without_a_model_in_it_is_down_and_named(own, tmp_path):
    (tmp_path / "config.json").write_text("{")
    assert f"{tmp_path} cannot be loaded" in refused(own(str(tmp_path)))


@pytest.mark.soak
def test_a_model_is_found_by_its_folder(own, loaded):
    there = own(embed.path_of(embed.DEFAULT_MODEL))
    assert np.allclose(there.encode([BAKING]), loaded.encode([BAKING]), atol=1e-5)


def test_closing_while_it_loads_does_not_wait_for_the_model(own):
    encoder, told = own(), []
    waiting = threading.Thread(target=lambda: told.append(refused(encoder)))
    waiting.start()
    while not encoder.pids():
        time.sleep(SOON)
    (pid,) = encoder.pids()
    encoder.close()
    waiting.join(AT_MOST)
    assert told == ["The process is stopping."]
    assert encoder.pids() == []
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_after_closing_there_is_no_model_any_more(own):
    encoder = own()
    encoder.start()
    encoder.close()
    assert "stopping" in refused(encoder)
    assert encoder.pids() == []


def test_closing_what_never_started_is_nothing(own):
    encoder = own()
    encoder.close()
    assert encoder.pids() == []
