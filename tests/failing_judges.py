"""A plugin of judges that fail, one that does not, named by tests as users name modules of their own."""

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


@hookimpl
def verif_judges() -> Mapping[str, JudgeFactory]:
    return {
        "dead": lambda _: Dead(),
        "hanging": lambda _: Hanging(),
        "kind": lambda _: ScriptedJudge(lambda _: 0.9),
    }
