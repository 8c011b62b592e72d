"""Asking a judge, which may be anyone's code: whatever it does, each question gets a sound answer or an error."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

from pydantic import ValidationError

from verif_sdk import event_loop
from verif_sdk.errors import VerifError
from verif_sdk.question import Answer, Judge, Question


async def ask(judge: Judge, questions: Sequence[Question]) -> list[Answer]:
    """Return one answer per question, in order; an unusable answer becomes one whose `error` says why.

    A judge without `shares_loop` runs on an event loop of its own: if it blocks that, nobody else waits.
    """
    try:
        answers: object = await event_loop.hosted(judge, partial(judge.answer, questions))
    except BaseException as cause:
        task = asyncio.current_task()
        if isinstance(cause, asyncio.CancelledError) and task is not None and task.cancelling():
            raise  # nobody waits for the answers any more
        own_words = isinstance(cause, VerifError)
        return _failed(questions, str(cause) if own_words else f"the judge failed: {_in_words(cause)}")
    if not isinstance(answers, (list, tuple)):
        return _failed(questions, f"the judge gave a {type(answers).__name__}, not a list of answers")
    if len(answers) != len(questions):
        return _failed(questions, f"the judge gave {len(answers)} answers to {len(questions)} questions")
    return [sound(answer) for answer in answers]


def sound(answer: object) -> Answer:
    """Return a judge's answer unchanged, or if it is faulty an answer whose `error` says how."""
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


def _in_words(cause: BaseException) -> str:
    try:
        message = str(cause)
    except Exception:  # noqa: BLE001  # even its message may be anyone's code
        message = ""
    return f"{type(cause).__name__}: {message}" if message else type(cause).__name__
