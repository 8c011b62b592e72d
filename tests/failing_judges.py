"""A plugin of judges that fail, that count or that are kind, named by tests as users name modules of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from verif_sdk import Answer, JudgeFactory, Question, hookimpl
from verif_sdk.judges.scripted import ScriptedJudge


class Hanging:
    """Never answers."""

    async def answer(self, questions: Sequence[Question]) -> list[Answer]:
        await asyncio.sleep(3600)
        return []


class Dead:
    """Fails as a whole."""

    async def answer(self, questions: Sequence[Question]) -> list[Answer]:
        raise RuntimeError("the engine is gone")


class Crowded:
    """Counts the calls inside at the same time: each waits for a second, and then a moment for a third."""

    most = 0

    def __init__(self) -> None:
        self._inside = 0
        self._pairs = asyncio.Barrier(2)

    async def answer(self, questions: Sequence[Question]) -> list[Answer]:
        self._inside += 1
        type(self).most = max(self.most, self._inside)
        await self._pairs.wait()
        await asyncio.sleep(0.05)
        self._inside -= 1
        return [Answer(score=1.0, choice="yes")] * len(questions)


@hookimpl
def verif_judges() -> Mapping[str, JudgeFactory]:
    return {
        "crowded": lambda _: Crowded(),
        "dead": lambda _: Dead(),
        "hanging": lambda _: Hanging(),
        "kind": lambda _: ScriptedJudge(lambda _: 0.9),
    }
