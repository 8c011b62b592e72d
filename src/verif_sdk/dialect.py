"""`Dialect`: how one published verifier model is asked, and how its reply is read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import ClassVar, TypeAlias

from verif_sdk.question import Question

Clean: TypeAlias = Callable[[str], str]
"""What breaks the control tokens of an untrusted text; `str` where the tokenizer's own are broken later."""

Meant: TypeAlias = tuple[str, float]
"""One of a question's answers, and the score in [0, 1] that it stands for."""


class Dialect(ABC):
    """How a model is asked. A dialect is `Chosen` or `Written`, which say how its reply is read."""

    name: ClassVar[str]
    chat: ClassVar[bool] = True
    """Whether a wording is a user's turn of the model's chat template; if not, the model continues it as it is."""

    @property
    @abstractmethod
    def version(self) -> str:
        """Tells its words and reading from earlier ones: part of `decided_by`, cache keys and calibrations."""

    @abstractmethod
    def wordings(self, question: Question, clean: Clean = str) -> tuple[str, ...]:
        """Return the texts that the model is sent: one, or several wordings whose readings are averaged.

        Args:
            question: what is asked about a response.
            clean: goes over each text that is inserted.

        Raises:
            InvalidSpec: this dialect does not ask such questions.
        """

    @property
    def title(self) -> str:
        """The dialect's name and version."""
        return f"{self.name} {self.version}"


class Chosen(Dialect):
    """A dialect that is read from the probabilities of the words that a reply may begin with."""

    @abstractmethod
    def choices(self, question: Question) -> Mapping[str, Meant]:
        """Return each word that a reply may begin with, and what it means."""


class Written(Dialect):
    """A dialect that is read from the text of the whole reply."""

    room: ClassVar[int] = 2048
    """Tokens that a reply may take, where the spec does not say."""

    @abstractmethod
    def read(self, question: Question, reply: str) -> Meant | None:
        """Return what a reply, without the model's thoughts, means; None where it holds no verdict."""


DialectFactory: TypeAlias = Callable[..., Dialect]
"""Called with the dialect's own options, such as `template`, as keyword arguments."""
