"""`Text`: one response, segmented once and on demand."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Literal, TypeVar

from verif_sdk import folding, segment
from verif_sdk.shown import shown

T = TypeVar("T")
Unit = Literal["paragraph", "sentence", "line"]


class Text:
    """One response and its prompt, shared by all constraints of that response.

    Args:
        raw: the response, reasoning already removed.
        prompt: what it answers, as plain text.
        reference: a known good answer, if the case has one.

    The unit properties are computed on first use and kept, so ten constraints cost one
    segmentation. A plugin's own segmentation is kept the same way through `view`.
    """

    def __init__(self, raw: str, *, prompt: str | None = None, reference: str | None = None) -> None:
        self.raw = raw
        self.prompt = prompt
        self.reference = reference
        self._views: dict[Callable[[str], object], object] = {}

    def view(self, segmenter: Callable[[str], T]) -> T:
        """Return `segmenter(self.raw)`, computed once per response. `segmenter` must be pure."""
        if segmenter not in self._views:
            self._views[segmenter] = segmenter(self.raw)
        return self._views[segmenter]  # type: ignore[return-value]  # keyed by its own function

    def part(self, raw: str) -> Text:
        """Return a part of this response as a text of its own, with the same prompt and reference."""
        return Text(raw, prompt=self.prompt, reference=self.reference)

    def units(self, unit: Unit) -> tuple[str, ...]:
        """Return the paragraphs, sentences or lines, in order."""
        parts: tuple[str, ...] = getattr(self, f"{unit}s")
        return parts

    @cached_property
    def blank(self) -> bool:
        """Whether the response holds nothing but whitespace and invisible characters."""
        return segment.is_blank(self.raw)

    @cached_property
    def shown(self) -> str:
        """What a reader sees: `raw` without hidden characters and comments (see `shown.shown`)."""
        return shown(self.raw)

    @cached_property
    def plain(self) -> str:
        """`shown` in one spelling: composed, straight quotes, usual shapes of letters (see `folding.plain`)."""
        return folding.plain(self.shown)

    @cached_property
    def folded(self) -> str:
        """`plain` without case."""
        return folding.caseless(self.plain)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words, in order and in plain spelling (see `segment.words`)."""
        return segment.words(self.plain)

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """The sentences, in order, without outer whitespace (see `segment.sentences`)."""
        return segment.sentences_of(self.paragraphs)

    @cached_property
    def paragraphs(self) -> tuple[str, ...]:
        """The paragraphs, in order, without outer whitespace (see `segment.paragraphs`)."""
        return segment.paragraphs(self.shown)

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The non-blank lines, in order, without trailing whitespace."""
        return segment.lines(self.shown)

    @cached_property
    def characters(self) -> int:
        """How many characters a reader counts (grapheme clusters), without outer whitespace."""
        return segment.characters(self.shown)

    @cached_property
    def language(self) -> str | None:
        """The ISO 639-1 code of the response's language, or None if it holds no letters."""
        from verif_sdk.language import detect

        return detect(self.raw)
