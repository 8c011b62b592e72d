"""The cases of one call: each checked by code, their open questions sent to the judge as one stream."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager

from verif_sdk.late import once
from verif_sdk.pending import Ask, Pending
from verif_sdk.question import Answer, Judge, Question


def send(judge: Judge, cases: Iterable[Pending]) -> list[Pending]:
    """Ask the open questions of some cases, each as soon as it has been checked, and return the cases.

    Args:
        judge: who is asked. One that divides a budget gets the questions of all cases at once.
        cases: checked while they are iterated over, so that the judge works while the next one is checked.
    """
    asked = _Asked(judge)
    pending = []
    whole = getattr(judge, "whole_batch", False)
    for case in cases:
        pending.append(case)
        if not whole:
            asked.submit(case.open)
    if whole:
        asked.submit([question for case in pending for question in case.open])
    for case in pending:
        case.asks = tuple(asked.claim(case.open))
    return pending


def submissions(cases: Sequence[Pending]) -> set[Future[list[Answer]]]:
    """Return what the judge is working on for these cases."""
    return {one.submission for case in cases for one in case.asks}


@contextmanager
def cancelling(cases: Sequence[Pending]) -> Iterator[None]:
    """Tell the judge that nobody waits any more, where an error ends the batch."""
    try:
        yield
    except BaseException:
        for case in cases:
            case.cancel()
        raise


@once
def _sending() -> Callable[[Judge, list[Question]], Future[list[Answer]]]:
    """Return what sends questions to a judge; it needs asyncio, which checks alone do not."""
    from verif_sdk.event_loop import submit
    from verif_sdk.judges.asking import ask

    return lambda judge, questions: submit(ask(judge, questions))


class _Asked:
    """The questions of one batch, each of which the judge is asked once.

    Where its answers rest on all questions about a response together, they are asked once per list of questions.
    """

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._together = getattr(judge, "together", False)
        self._places: dict[tuple[Question, ...], tuple[Future[list[Answer]], int]] = {}
        self._claimed: set[tuple[Question, ...]] = set()

    def submit(self, questions: list[Question]) -> None:
        """Send those that no case has asked yet, next to each other."""
        new = {key: key[0] for key in self._keys(questions) if key not in self._places}
        if new:
            submission = _sending()(self._judge, list(new.values()))
            self._places.update((key, (submission, place)) for place, key in enumerate(new))

    def claim(self, questions: list[Question]) -> Iterator[Ask]:
        """Yield where each question of a case is; the first claim to it pays for it."""
        for key in self._keys(questions):
            first = key not in self._claimed
            self._claimed.add(key)
            yield Ask(*self._places[key], first)

    def _keys(self, questions: list[Question]) -> Iterator[tuple[Question, ...]]:
        """Yield what a question is known by: itself, followed by those that its answer rests on."""
        rest = tuple(questions) if self._together else ()
        return ((question, *rest) for question in questions)
