"""What the dialects of published models share: words that stand in the model's own repository."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from verif_sdk import visible
from verif_sdk.dialect import Clean, Dialect
from verif_sdk.errors import InvalidSpec
from verif_sdk.judges.dialects.template import Source, digest, templates
from verif_sdk.question import Question

logger = visible.logger("verif_sdk.judges")


class Published(Dialect):
    """A dialect whose words are not in this package: they are read from a file of the model's repository.

    Args:
        template: the path of that file, or of a text file with the words and the same slots.

    Raises:
        InvalidSpec: the file cannot be read, holds no such template, or has other slots.
    """

    source: ClassVar[Source]
    slots: ClassVar[frozenset[str]]
    types: ClassVar[tuple[str, ...]]
    """The constraint types whose questions it asks."""
    reading: ClassVar[str] = "1"
    """The version of everything but the published words; raised whenever what is inserted or read changes."""

    def __init__(self, template: str = "") -> None:
        source = self.source
        if not template:
            raise InvalidSpec(
                f"dialect {self.name!r} reads its words from the model's repository: give 'template', the path of "
                f"{source.path} in a clone of github.com/{source.place}"
            )
        self._templates = templates(template, source)
        for one in self._templates:
            if one.slots != self.slots:
                raise InvalidSpec(
                    f"template: {template} has {_listed(one.slots)}; "
                    f"dialect {self.name!r} fills {_listed(self.slots)}"
                )
        found = digest(self._templates)
        self._version = self.reading if found == source.digest else f"{self.reading}, words {found[:12]}"
        if found != source.digest:
            logger.warning("%s is not the template that dialect %r was published with", template, self.name)

    @property
    def version(self) -> str:
        return self._version

    def wordings(self, question: Question, clean: Clean = str) -> tuple[str, ...]:
        if not self.asks(question):
            raise InvalidSpec(
                f"dialect {self.name!r} asks for {' and '.join(self.types)}, not for {question.type or 'this'}"
            )
        values = self.values(question)
        return tuple(one.filled(values, clean) for one in self._templates)

    def asks(self, question: Question) -> bool:
        """Return whether the dialect asks such questions."""
        return question.type in self.types

    def values(self, question: Question) -> Mapping[str, str]:
        """Return what stands in each slot.

        Raises:
            InvalidSpec: the question lacks it.
        """
        raise NotImplementedError

    def needed(self, question: Question, field: str) -> str:
        """Return the question's prompt or reference.

        Raises:
            InvalidSpec: it has none.
        """
        value: str | None = getattr(question, field)
        if value is None:
            raise InvalidSpec(f"dialect {self.name!r} needs a {field}, and the case has none")
        return value


def yes_or_no(question: Question, holds: bool) -> tuple[str, float] | None:
    """Return the answer of a question of two that stands for yes, or for no."""
    return next((answer for answer in question.answers if answer[1] == float(holds)), None)


def by_letter(question: Question, letter: str) -> tuple[str, float] | None:
    """Return the answer that a letter stands for; where the question is of yes and no, only A is a yes."""
    return next((answer for answer in question.answers if answer[0] == letter), None) or yes_or_no(
        question, letter == "A"
    )


def _listed(slots: frozenset[str]) -> str:
    if not slots:
        return "no slots"
    return f"the slots {', '.join(f'{{{slot}}}' for slot in sorted(slots))}"
