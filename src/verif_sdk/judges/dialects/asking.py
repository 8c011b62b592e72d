"""`DialectJudge`: a judge that is asked in a dialect."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Protocol, runtime_checkable

from verif_sdk.dialect import Chosen, Clean, Written
from verif_sdk.errors import InvalidSpec
from verif_sdk.judges.reading import LEAST_MASS, masses
from verif_sdk.judges.starting import start
from verif_sdk.question import TOKEN_COUNTS, Answer, Question

VOTING = 0.7
"""The temperature at which samples of a vote differ."""
_SHOWN = 80  # characters of a reply that cannot be read


@dataclass(frozen=True)
class Ask:
    """One text for a model.

    Attributes:
        text: the user's turn of the model's chat template, or what the model continues.
        chat: which of the two.
        words: those whose probabilities as the reply's beginning are wanted; none for the reply itself.
        room: tokens that the reply may take.
        sample: the seed of a sample at temperature 0.7; None for temperature 0.
    """

    text: str
    chat: bool = True
    words: tuple[str, ...] = ()
    room: int = 1
    sample: int | None = None


@dataclass(frozen=True)
class Reply:
    """What a model gave to an `Ask`, or the error that kept it from it.

    Attributes:
        text: of the reply.
        cut: whether the reply was cut off where its room ended.
        logprobs: by word, the natural log-probabilities of its spellings, as far as known.
        backend: what reproduces it: the backend, the model and its revision.
        spent: the counts of tokens, as in an `Answer`.
    """

    text: str = ""
    cut: bool = False
    logprobs: Mapping[str, list[float]] = field(default_factory=dict)
    backend: str = ""
    spent: Mapping[str, int] = field(default_factory=dict)
    error: str | None = None


@runtime_checkable
class Speaker(Protocol):
    """A judge that can also be asked in a dialect."""

    writes: bool
    """Whether it can give a reply's text; each gives probabilities."""
    clean: Clean
    """What a dialect must run untrusted text through, where the model's vocabulary is not known here."""

    async def answer(self, questions: Sequence[Question]) -> list[Answer]:
        """Return one answer per question, in our own dialect."""
        ...

    async def replies(self, asks: Sequence[Ask]) -> list[Reply]:
        """Return one reply per ask, in order; a failure is the reply's own error."""
        ...


class DialectJudge:
    """Asks a judge in a dialect.

    Args:
        speaker: who answers.
        dialect: how it is asked, and how its reply is read.
        least_mass: the probability, in [0, 1], that the model must give to the dialect's words together.
        room: tokens that a reply in free text may take; None for the dialect's own.
        sample: the seed of one of several samples of a reply in free text, for a vote.

    Raises:
        InvalidSpec: the speaker cannot serve the dialect.
    """

    shares_loop = True

    def __init__(
        self,
        speaker: Speaker,
        dialect: Chosen | Written,
        *,
        least_mass: float = LEAST_MASS,
        room: int | None = None,
        sample: int | None = None,
    ) -> None:
        refuse(dialect, writes=speaker.writes)
        if sample is not None and isinstance(dialect, Chosen):
            raise InvalidSpec(f"votes: dialect {dialect.name!r} is read from probabilities, the same each time")
        self._speaker, self._dialect, self._least_mass, self._sample = speaker, dialect, least_mass, sample
        self._room = room or (dialect.room if isinstance(dialect, Written) else 1)

    async def start(self) -> None:
        """Start the speaker."""
        await start(self._speaker)

    async def answer(self, questions: Sequence[Question]) -> list[Answer]:
        """Return one answer per question, in order; a failure is the answer's own error."""
        asked = [self._asked(question) for question in questions]
        asks = [ask for one in asked if not isinstance(one, Answer) for ask in one]
        replies = iter(await self._speaker.replies(asks) if asks else [])
        return [
            one if isinstance(one, Answer) else self._answer(question, list(itertools.islice(replies, len(one))))
            for question, one in zip(questions, asked, strict=True)
        ]

    def _asked(self, question: Question) -> list[Ask] | Answer:
        """Return what the model is sent, or why the question cannot be put to it."""
        dialect = self._dialect
        try:
            words = tuple(dialect.choices(question)) if isinstance(dialect, Chosen) else ()
            texts = dialect.wordings(question, self._speaker.clean)
        except InvalidSpec as error:
            return Answer(error=str(error))
        return [Ask(text, dialect.chat, words, self._room, self._sample) for text in texts]

    def _answer(self, question: Question, replies: Sequence[Reply]) -> Answer:
        if failed := next((reply.error for reply in replies if reply.error), None):
            return Answer(error=failed)
        if isinstance(self._dialect, Chosen):
            answer = _chosen(self._dialect, question, replies, self._least_mass)
        else:
            answer = _written(self._dialect, question, replies[0], self._room)
        spent = {name: sum(reply.spent.get(name, 0) for reply in replies) for name in TOKEN_COUNTS}
        return answer.model_copy(update={**spent, "decided_by": self._made(replies)})

    def _made(self, replies: Sequence[Reply]) -> str:
        """Return what reproduces a verdict: backend, model, dialect with its version, reading and sampling."""
        reading = f"reply<={self._room}" if isinstance(self._dialect, Written) else "one token"
        wordings = f" of {len(replies)} wordings" if len(replies) > 1 else ""
        sampling = "temperature 0" if self._sample is None else f"temperature {VOTING:g}, seed {self._sample}"
        return f"{replies[0].backend}; dialect {self._dialect.title}; {reading}{wordings}; {sampling}"


def refuse(dialect: Chosen | Written, *, writes: bool) -> None:
    """Refuse a dialect in free text where a judge writes none.

    Raises:
        InvalidSpec: naming the dialect.
    """
    if isinstance(dialect, Written) and not writes:
        raise InvalidSpec(
            f"dialect {dialect.name!r} is read from a reply in free text, "
            "and this judge has only the probabilities of its first token"
        )


def _written(dialect: Written, question: Question, reply: Reply, room: int) -> Answer:
    """Return what a reply in free text means; a model's thoughts, which may quote a verdict, are not read."""
    text = reply.text.strip()
    if reply.cut:
        return Answer(
            error=f"the reply was cut off after {room} tokens; raise max_reasoning_tokens: {text[:_SHOWN]!r}"
        )
    meant = dialect.read(question, text.rpartition("</think>")[2].strip())
    if meant is None:
        return Answer(error=f"dialect {dialect.name!r} finds no verdict in the reply: {text[:_SHOWN]!r}")
    choice, score = meant
    return Answer(score=score, choice=choice, reasoning=text)


def _chosen(dialect: Chosen, question: Question, replies: Sequence[Reply], least_mass: float) -> Answer:
    """Return what the words' probabilities mean: the mean over the wordings of their shares."""
    meant = dialect.choices(question)
    read = [masses(list(meant), reply.logprobs, least_mass) for reply in replies]
    if failed := next((one for one in read if isinstance(one, Answer)), None):
        return failed
    found = [one for one in read if not isinstance(one, Answer)]
    share = {word: fmean(one[word] / sum(one.values()) for one in found) for word in meant}
    score = sum(share[word] * value for word, (_, value) in meant.items())
    choice, _ = meant[max(share, key=lambda word: share[word])]
    mass = fmean(sum(one.values()) for one in found)
    return Answer(score=min(1.0, max(0.0, score)), choice=choice, mass=min(1.0, mass))
