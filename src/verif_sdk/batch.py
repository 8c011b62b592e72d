"""The cases of one call: each checked by code, their open questions sent to the judge as one stream."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from threading import Event

from verif_sdk.aggregate import Aggregator
from verif_sdk.case import Case
from verif_sdk.late import once
from verif_sdk.pending import Ask, Pending
from verif_sdk.question import Answer, Judge, Question


def begin(
    cases: Iterable[Case],
    judge: Judge | None,
    aggregate: Aggregator,
    *,
    early_exit: bool,
    think: tuple[str, str] | None,
    given_up: Event,
) -> list[Pending]:
    """Check cases by code, and send the open questions of each as soon as it is checked.

    Args:
        cases: the cases of one call.
        judge: who is asked; one that divides a budget gets the questions of all cases at once.
        aggregate: what verdicts become.
        early_exit: whether questions whose answers cannot change the reward are left unasked.
        think: the tags around reasoning.
        given_up: once it is set, the cases that are left are left alone.
    """
    asked = None if judge is None else _Asked(judge)
    pending = []
    for case in cases:
        if given_up.is_set():
            break
        pending.append(Pending(case, case.text(think), aggregate, early_exit=early_exit))
        if asked is not None and not asked.whole:
            asked.submit(pending[-1].open)
    if asked is not None:
        asked.hand_out(pending)
    return pending


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
        self.whole: bool = getattr(judge, "whole_batch", False)
        """Whether the judge wants the questions of the whole batch at once."""
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

    def hand_out(self, pending: Sequence[Pending]) -> None:
        """Tell each case where its questions are, once all are sent."""
        if self.whole:
            self.submit([question for case in pending for question in case.open])
        for case in pending:
            case.asks = tuple(self._claim(case.open))

    def _claim(self, questions: list[Question]) -> Iterator[Ask]:
        """Yield where each question of a case is; the first claim to it pays for it."""
        for key in self._keys(questions):
            first = key not in self._claimed
            self._claimed.add(key)
            yield Ask(*self._places[key], first)

    def _keys(self, questions: list[Question]) -> Iterator[tuple[Question, ...]]:
        """Yield what a question is known by: itself, followed by those that its answer rests on."""
        rest = tuple(questions) if self._together else ()
        return ((question, *rest) for question in questions)
