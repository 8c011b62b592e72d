"""Asking a judge, who may be anyone's code: whatever it does, each question gets a sound answer or an error."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

from pydantic import ValidationError

from verif_sdk import event_loop
from verif_sdk.errors import VerifError
from verif_sdk.question import Answer, Judge, Question


async def ask(judge: Judge, questions: Sequence[Question]) -> list[Answer]:
    """Return one answer per question, in order; where the judge gave none that can be used, the error says so.

    A judge without `shares_loop` runs on an event loop of its own: if it blocks that, nobody else waits.
    """
    try:
        given: object = await event_loop.hosted(judge, partial(judge.answer, questions))
    except BaseException as cause:
        task = asyncio.current_task()
        if isinstance(cause, asyncio.CancelledError) and task is not None and task.cancelling():
            raise  # nobody waits for the answers any more
        own_words = isinstance(cause, VerifError)
        return _failed(questions, str(cause) if own_words else f"the judge failed: {_told(cause)}")
    if not isinstance(given, (list, tuple)):
        return _failed(questions, f"the judge gave a {type(given).__name__}, not a list of answers")
    if len(given) != len(questions):
        return _failed(questions, f"the judge gave {len(given)} answers to {len(questions)} questions")
    return [sound(answer) for answer in given]


def sound(answer: object) -> Answer:
    """Return an answer as a judge gave it, or what is wrong with it as the answer's error."""
    if not isinstance(answer, Answer):
        return Answer(error=f"the judge gave a {type(answer).__name__} in the place of an answer")
    try:
        # Again: nothing checks what model_copy and model_construct put in.
        read = Answer.model_validate(answer.__dict__)
    except ValidationError as error:
        field = error.errors()[0]["loc"][0]
        return Answer(error=f"the judge's answer has {field} {getattr(answer, str(field), None)!r:.80}")
    for name, value in (("score", read.score), ("mass", read.mass), *(("vote", vote) for vote in read.votes)):
        if value is not None and not 0 <= value <= 1:
            return Answer(error=f"the judge gave a {name} of {value:g}, not a number in [0, 1]")
    if read.error is not None and read.score is not None:
        return Answer(error=read.error)
    return read


def _failed(questions: Sequence[Question], error: str) -> list[Answer]:
    return [Answer(error=error)] * len(questions)


def _told(cause: BaseException) -> str:
    try:
        said = str(cause)
    except Exception:  # noqa: BLE001  # even its message may be anyone's code
        said = ""
    return f"{type(cause).__name__}: {said}" if said else type(cause).__name__
