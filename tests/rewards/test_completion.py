"""The completion is cut out of a decoded query, however the prompt got there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verif_sdk.rewards.completion import completion_of

CHATML = "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nSay hi.<|im_end|>\n<|im_start|>assistant\n"
HEADER = "<|start_header_id|>{}<|end_header_id|>\n\n"
LLAMA = HEADER.format("user") + "Say hi.<|eot_id|>" + HEADER.format("assistant")

REST = "0123456789abcdef"  # as few characters as tell what a prompt that was cut on the left ends with


@pytest.mark.parametrize(
    ("query", "prompt", "wanted"),
    [
        (CHATML + "Hi!<|im_end|>", CHATML, "Hi!"),
        (CHATML + "Hi!<|im_end|>\n", CHATML, "Hi!"),
        (CHATML + "Hi!<|im_end|><|endoftext|><|endoftext|>", CHATML, "Hi!"),
        (CHATML + "", CHATML, ""),
        (CHATML + "\nHi!\n", CHATML, "\nHi!\n"),
        (LLAMA + "Hi!<|eot_id|>", LLAMA, "Hi!"),
        ("<|begin_of_text|>" + LLAMA + "Hi!<|eot_id|>", LLAMA, "Hi!"),
        (CHATML[30:] + "Hi!<|im_end|>", CHATML, "Hi!"),
        ("<s> [INST] Say hi. [/INST] Hi!</s>", "[INST] Say hi. [/INST]", " Hi!"),
        ("<s> [INST]  Say\nhi. [/INST] Hi!</s>", "[INST] Say hi. [/INST]", " Hi!"),
        (CHATML + "I end with <|im_end|> here", CHATML, "I end with <|im_end|> here"),
        ("<s>Say hi.\n\n\n Hi", "Say hi.\n\n", "\n Hi"),
        ("<s>Say hi.", "Say hi.\n\n", ""),
        ("<s>Say", "Say hi.", None),
        ("XSay hi. Hi", "Say hi.", None),
        ("\n\nSay hi. Hi", "<s>Say hi.", " Hi"),
        (REST + " Hi", "Cut off. " + REST, " Hi"),
        (REST[:-1], "Cut off. " + REST[:-1], None),
        (REST + "2 Hi", f"{REST}1 {REST}2", " Hi"),
        (REST + "3 Hi", f"{REST}1 {REST}2", None),
        ("something else entirely", CHATML, None),
        ("", CHATML, None),
    ],
)
def test_what_follows_the_prompt_is_the_completion(query: str, prompt: str, wanted: str | None) -> None:
    assert completion_of(query, prompt) == wanted


@given(st.text(), st.text(min_size=1))
def test_a_query_that_begins_with_its_prompt_loses_closing_tokens_alone(completion: str, prompt: str) -> None:
    found = completion_of(prompt + completion, prompt)
    assert found is not None
    assert completion.startswith(found)
    assert found == completion or completion.rstrip().endswith((">", "|>"))
