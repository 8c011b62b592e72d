"""Questions to token ids, for the judges that know their model's tokenizer."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import Any

from verif_sdk.errors import InvalidSpec, MissingExtra
from verif_sdk.judges.prompt import ANSWER, SYSTEM, joint_part, own_part, shared_part
from verif_sdk.judges.vocabulary import control_tokens, without
from verif_sdk.late import once
from verif_sdk.question import Question

_SLOT = "verif-sdk-content-slot"
_PLAIN = f"{SYSTEM}\n\n{_SLOT}\n\n{ANSWER}"  # for a model without a chat template


class Layout:
    """The one way in which questions reach a model: its chat template around our two parts.

    The template is rendered once, with a slot where the content goes. Head and tail are
    tokenised with control tokens, the content between them without: a text that would become one
    gets a blank there, and every other text reaches the model as it is. What a response's questions
    share is tokenised once.

    Args:
        tokenizer: a transformers tokenizer.
        thinking: whether a model that can reason first is told to.
    """

    def __init__(self, tokenizer: Any, *, thinking: bool = False) -> None:
        self._tokenizer = tokenizer
        self.thinks = thinking and "</think>" in tokenizer.get_vocab()
        """Whether the model reasons between tags of its own."""
        self._control = control_tokens(tokenizer)
        head, _, tail = self._rendered(thinking).partition(_SLOT)
        self._head = self._with_control(head)
        self._tail = self._with_control(tail)
        self._shared = lru_cache(maxsize=64)(self.content)
        self._own = lru_cache(maxsize=1024)(self.content)
        self._answers = lru_cache(maxsize=256)(self._answer_tokens)
        self._firsts = lru_cache(maxsize=64)(self._first_tokens)

    def prompt(self, question: Question) -> list[int]:
        """Return the token ids of the prompt that asks `question`."""
        shared, own = self._shared(shared_part(question, str)), self._own(own_part(question, str))
        return [*self._head, *shared, *own, *self._tail]

    def joint_prompt(self, questions: Sequence[Question]) -> list[int]:
        """Return the token ids of the prompt that asks several questions about one response at once."""
        shared, own = self._shared(shared_part(questions[0], str)), self._own(joint_part(questions, str))
        return [*self._head, *shared, *own, *self._tail]

    def turn(self, text: str, *, chat: bool) -> list[int]:
        """Return the token ids of an untrusted text as the user's turn, or as what the model continues."""
        if not chat or not self._tokenizer.chat_template:
            return [*self._opening, *self.content(text)]
        head, tail = self._frame
        return [*head, *self.content(text), *tail]

    @cached_property
    def _opening(self) -> list[int]:
        """What the tokenizer puts before every text."""
        ids: list[int] = self._tokenizer.encode("")
        return [number for number in ids if number == self._tokenizer.bos_token_id]

    @cached_property
    def _frame(self) -> tuple[list[int], list[int]]:
        """What stands before and behind a turn of the user's, where a model is asked without our instructions."""
        chat = [{"role": "user", "content": _SLOT}]
        text: str = self._tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
        head, _, tail = text.partition(_SLOT)
        return self._with_control(head), self._with_control(tail)

    def first_tokens(self, words: Sequence[str]) -> dict[str, tuple[int, ...]]:
        """Return the tokens that are each word, with and without a blank before it.

        Raises:
            InvalidSpec: the vocabulary has no token for one of them.
        """
        return self._firsts(tuple(words))

    def _first_tokens(self, words: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
        vocabulary = self._tokenizer.get_vocab()
        found: dict[str, tuple[int, ...]] = {}
        for word in words:
            # By its entry too: some tokenizers write a digit at the start of a text as a blank and the digit.
            alone = [ids[0] for spelling in (word, f" {word}") if len(ids := self.content(spelling)) == 1]
            entry = [vocabulary[word]] if word in vocabulary else []
            found[word] = tuple(dict.fromkeys({*alone, *entry} - {self._tokenizer.unk_token_id}))
            if not found[word]:
                raise InvalidSpec(f"this model's vocabulary has no token for {word!r}, which the dialect reads")
        return found

    def continued(self, text: str) -> list[int]:
        """Return the token ids of a text that we add to the model's own, control tokens included."""
        return self._with_control(text)

    def answer_tokens(self, question: Question) -> dict[str, tuple[int, ...]]:
        """Return the token ids that begin each answer.

        Raises:
            InvalidSpec: two answers begin with the same token, so that one token cannot tell them apart.
        """
        return self._answers(tuple(answer for answer, _ in question.answers))

    def _answer_tokens(self, answers: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
        from verif_sdk.judges.reading import spellings

        found: dict[str, tuple[int, ...]] = {}
        for answer in answers:
            encoded = [self.content(spelling) for spelling in spellings(answer)]
            whole = dict.fromkeys(ids[0] for ids in encoded if len(ids) == 1)
            found[answer] = tuple(whole) or (encoded[0][0],)
        taken = [token for tokens in found.values() for token in tokens]
        if len(set(taken)) < len(taken):
            raise InvalidSpec(
                f"the answers {', '.join(answers)} begin with the same token in this model's vocabulary"
            )
        return found

    def _rendered(self, thinking: bool) -> str:
        if not self._tokenizer.chat_template:
            return _PLAIN
        chat = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": _SLOT}]
        text: str = self._tokenizer.apply_chat_template(
            chat, tokenize=False, add_generation_prompt=True, enable_thinking=thinking
        )
        return text

    def _with_control(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False)
        return ids

    def content(self, text: str) -> list[int]:
        """Return the token ids of an untrusted text, in which nothing becomes a control token."""
        # A lone surrogate is not Unicode text, and tokenizers refuse it.
        return without(self._control, self._tokenizer, text.encode("utf-8", "replace").decode())


def revision_of(config: Any) -> str:
    """Return the commit of a model's configuration after an @, or nothing where it came from a folder."""
    commit = getattr(config, "_commit_hash", None)  # where transformers keeps it
    return f"@{commit}" if commit else ""


_loading = threading.Lock()


def layout_of(tokenizer: str) -> Layout:
    """Return the layout of a tokenizer by name or folder; read once per process.

    Raises:
        MissingExtra: transformers is not installed.
    """
    with _loading:
        return _loaded(tokenizer)


@lru_cache(maxsize=4)
def _loaded(tokenizer: str) -> Layout:
    return Layout(auto_tokenizer().from_pretrained(tokenizer))


@once
def auto_tokenizer() -> Any:
    """Return transformers' AutoTokenizer.

    Raises:
        MissingExtra: transformers is not installed.
    """
    try:
        from transformers import AutoTokenizer
    except ImportError as cause:
        raise MissingExtra(
            f"reading a tokenizer needs transformers ({cause}): pip install 'verif-sdk[hf]'"
        ) from None
    return AutoTokenizer
