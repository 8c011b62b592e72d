"""What a program says reaches us bounded, and with nothing in it that a terminal obeys or a file cannot hold."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verif_sdk.errors import Undecidable
from verif_sdk.sandbox.outcome import MAX_WORDS, passed, shown
from verif_sdk.sandbox.pool import Pool
from verif_sdk.sandbox.protocol import MAX_REPLY, Ended, Limits

from .attacks import attack

EVIL = r"\x1b]0;owned\x07\x1b[2J\r\n\x00\x9b\ud800\u202e\u2028"


@given(st.text(st.characters(exclude_categories=())))
def test_shown_words_are_printable_and_short(text: str) -> None:
    words = shown(text)
    assert words.isprintable()
    assert len(words) <= MAX_WORDS
    words.encode("utf-8")
    if text.isprintable() and len(text) <= MAX_WORDS:
        assert words == text


FORGED = {
    "an error": attack(f"raise ValueError('{EVIL}' * 1000)"),
    "the name of a type": attack(f"raise type('{EVIL}'.replace('\\x00', ''), (Exception,), {{}})"),
    "the name of a result": attack("return type('\\x1b[2J' * 99, (), {})()"),
    "an outcome of its own": attack(
        f"os.write(3, real('json').dumps({{'raised': '{EVIL}' * 99}}).encode())\nos._exit(0)"
    ),
    "a kind of its own": attack(
        f"os.write(3, real('json').dumps({{'returned': '{EVIL}'}}).encode())\nos._exit(0)"
    ),
    "bytes": attack("os.write(3, b'\\xff\\x1b[2J')\nos._exit(0)"),
    "two outcomes": attack("os.write(3, b'{\"passed\": true}')\nreturn False"),
    "an outcome in UTF-16": attack("os.write(3, '{\"passed\": 1}'.encode('utf-16'))\nos._exit(0)"),
}


@pytest.mark.parametrize("name", FORGED)
def test_words_of_a_program_are_shown_not_obeyed(name: str, pool: Pool) -> None:
    with pytest.raises(Undecidable) as raised:
        pool.run(FORGED[name], "", "foo")
    message = str(raised.value)
    assert message.isprintable()
    assert len(message) <= MAX_WORDS + 80
    # A program can forge what it says, not who says it.
    assert message.startswith(("the program ", "check_following returned "))


@given(
    st.binary(max_size=200)
    | st.recursive(st.booleans() | st.text() | st.none(), st.lists).map(json.dumps).map(str.encode)
)
def test_no_reply_of_a_program_is_more_than_undecided(said: bytes) -> None:
    with contextlib.suppress(Undecidable):
        assert passed(said, Ended(), Limits()) in (True, False)


def test_a_reply_longer_than_any_outcome_is_none() -> None:
    with pytest.raises(Undecidable, match="wrote over its own result"):
        passed(b'{"passed": true}' + b" " * MAX_REPLY, Ended(), Limits())


def test_texts_arrive_as_they_are(pool: Pool) -> None:
    text = "a\0\ud800é語\U0001f600\r\n\x1b"
    program = (
        f"def check_following(instruction, response):\n    return (instruction, response) == ({text!r}, {text!r})"
    )
    assert pool.run(program, text, text) is True
    with pytest.raises(Undecidable, match="surrogates not allowed"):
        pool.run(f"x = '\ud800'\n{program}", text, text)
