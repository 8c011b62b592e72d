"""A cache of answers: in memory, and in a file that processes share."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

from verif_sdk import visible
from verif_sdk.judges.asking import ask, sound
from verif_sdk.judges.prompt import PROMPT_VERSION
from verif_sdk.judges.starting import start
from verif_sdk.question import Answer, Judge, Question

logger = visible.logger("verif_sdk.judges")

_TABLE = "CREATE TABLE IF NOT EXISTS answers (key BLOB PRIMARY KEY, answer TEXT NOT NULL)"
KEPT = 100_000
"""How many answers to keep in memory; the least recently used goes first."""


class CachedJudge:
    """A judge whose answers are cached, so that an equal question to an equal judge costs nothing.

    The key consists of the judge's name, the prompt version and the whole question: prompt, response,
    reference, wording and allowed answers. Failures are not cached.

    Args:
        judge: answers the questions that the cache cannot.
        name: identifies the judge by model, revision and sampling, as its spec does.
        path: an SQLite file, created if missing; None keeps answers only in memory.
    """

    shares_loop = True

    def __init__(self, judge: Judge, name: str, path: str | None = None) -> None:
        self._judge, self._name, self._path = judge, name, path
        self._memory: OrderedDict[bytes, Answer] = OrderedDict()
        self._lock = threading.Lock()
        self._file: sqlite3.Connection | None = None

    async def start(self) -> None:
        """Start the judge that answers."""
        await start(self._judge)

    async def answer(self, questions: Sequence[Question]) -> list[Answer]:
        """Return one answer per question; those from the cache have `kept` set and cost no tokens."""
        keys = [self._key(question) for question in questions]
        known = await asyncio.to_thread(self._known, keys)
        open_ones = {key: question for key, question in zip(keys, questions, strict=True) if key not in known}
        answered: Mapping[bytes, Answer] = {}
        if open_ones:
            answered = dict(zip(open_ones, await ask(self._judge, list(open_ones.values())), strict=True))
            await asyncio.to_thread(
                self._keep, {key: one for key, one in answered.items() if one.score is not None}
            )
        return [known[key] if key in known else answered[key] for key in keys]

    def _key(self, question: Question) -> bytes:
        text = json.dumps([self._name, PROMPT_VERSION, question.model_dump()], sort_keys=True)
        return blake2b(text.encode(), digest_size=20).digest()

    def _known(self, keys: Sequence[bytes]) -> dict[bytes, Answer]:
        with self._lock:
            known = {key: self._memory[key] for key in keys if key in self._memory}
            for key in known:
                self._memory.move_to_end(key)
            for key in keys:
                if key not in known and (answer := self._written(key)):
                    known[key] = self._remember(key, answer)
        return known

    def _written(self, key: bytes) -> Answer | None:
        """Return the answer in the file; an unreadable row is deleted, so that the judge is asked again."""
        row = self._row("SELECT answer FROM answers WHERE key = ?", key)
        if row is None:
            return None
        try:
            answer = sound(Answer.model_validate(json.loads(row[0])))
        except (ValueError, TypeError, RecursionError):  # broken, or of a later version
            answer = Answer()
        if answer.score is None:
            self._row("DELETE FROM answers WHERE key = ?", key)
            return None
        return answer

    def _keep(self, answers: Mapping[bytes, Answer]) -> None:
        spent = {"prompt_tokens": 0, "cached_tokens": 0, "completion_tokens": 0, "kept": True}
        with self._lock:
            for key, answer in answers.items():
                kept = self._remember(key, answer.model_copy(update=spent))
                self._row("INSERT OR IGNORE INTO answers VALUES (?, ?)", key, json.dumps(kept.model_dump()))

    def _remember(self, key: bytes, answer: Answer) -> Answer:
        self._memory[key] = answer
        if len(self._memory) > KEPT:
            self._memory.popitem(last=False)
        return answer

    def _row(self, statement: str, *values: Any) -> Any:
        """Return a row of the file, if any; after an error, warn and use the file no more."""
        if self._path is None:
            return None
        try:
            if self._file is None:
                # Writes are single statements, each a transaction of its own that waits its turn.
                self._file = sqlite3.connect(self._path, timeout=30, isolation_level=None, check_same_thread=False)
                self._file.text_factory = bytes  # text that is not UTF-8 is one row's fault, not the file's
                self._file.execute("PRAGMA journal_mode = WAL")
                self._file.execute(_TABLE)
            return self._file.execute(statement, values).fetchone()
        except sqlite3.Error as error:
            logger.warning("the judge's cache %s is no longer used: %s", self._path, error)
            self._path = None
            return None

    def __del__(self) -> None:
        if self._file is not None:
            self._file.close()
