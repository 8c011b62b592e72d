"""`Dialect`: how to ask one published verifier model, and how to read its reply."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import ClassVar, TypeAlias

from verif_sdk.question import Question

Clean: TypeAlias = Callable[[str], str]
"""Breaks the control tokens in an untrusted text; `str` if the tokenizer does that later."""

Meant: TypeAlias = tuple[str, float]
"""One of a question's answers, and the score in [0, 1] that it stands for."""


class Dialect(ABC):
    """How to ask a model. Its two kinds, `Chosen` and `Written`, differ in how the reply is read."""

    name: ClassVar[str]
    chat: ClassVar[bool] = True
    """Whether a wording is a user turn in the chat template; if not, the model continues it as plain text."""

    @property
    @abstractmethod
    def version(self) -> str:
        """Changes with the words or the reading; part of `decided_by`, cache keys and calibrations."""

    @abstractmethod
    def wordings(self, question: Question, clean: Clean = str) -> tuple[str, ...]:
        """Return the texts to send to the model: one, or several wordings whose readings are averaged.

        Args:
            question: the question about a response.
            clean: applied to each inserted text.

        Raises:
            InvalidSpec: this dialect does not ask such questions.
        """

    @property
    def title(self) -> str:
        """The dialect's name and version."""
        return f"{self.name} {self.version}"


class Chosen(Dialect):
    """A dialect that reads the probabilities of the words that a reply may begin with."""

    @abstractmethod
    def choices(self, question: Question) -> Mapping[str, Meant]:
        """Return each word that a reply may begin with, and what it means."""


class Written(Dialect):
    """A dialect that reads the text of the whole reply."""

    room: ClassVar[int] = 2048
    """How many tokens a reply may take, unless the spec says."""

    @abstractmethod
    def read(self, question: Question, reply: str) -> Meant | None:
        """Return the meaning of a reply without the model's thoughts; None if it holds no verdict."""


DialectFactory: TypeAlias = Callable[..., Dialect]
"""Called with the dialect's own options, such as `template`, as keyword arguments."""
