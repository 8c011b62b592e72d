"""What has the shape of a control token is broken, and ordinary writing is not: with and without a vocabulary."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples.tiny_judge import CHECKPOINT
from verif_sdk.control_tokens import neutralise

FAMILIES = {
    "ChatML, Qwen": "<|im_start|> <|im_end|> <|endoftext|> <|object_ref_start|> <tool_call> <think>",
    "Llama": "<s> </s> <unk> <<SYS>> <</SYS>> <|eot_id|> <|start_header_id|> <|reserved_special_token_100|>",
    "Mistral": "[INST] [/INST] [MODEL_SETTINGS] [/TOOL_CALLS] [SYSTEM_PROMPT] [control_8] [IMG] [AUDIO] [THINK]",
    "Gemma": "<end_of_turn> <bos> <unused0> [multimodal] [@BOS@] <|turn> <turn|> <|channel> <channel|>",
    "DeepSeek": "<｜Assistant｜> <｜end▁of▁sentence｜> <｜tool▁calls▁begin｜>",
    "MiniMax": "]~b] [e~[ ]~!b[ ]<]speech[>[ <minimax:tool_call>",
    "EXAONE": "[|assistant|] [|endofturn|] [|system|]",
    "Command-R": "<BOS_TOKEN> <EOS_TOKEN> <|START_OF_TURN_TOKEN|>",
    "Nemotron": "<SPECIAL_11> <SPECIAL_999>",
    "Ling": "<role> </role>",
    "InternLM": "[UNUSED_TOKEN_145] <IMG_CONTEXT> <box> </quad> <sep/>",
    "Falcon": ">>ANSWER<< >>QUESTION<<",
    "GLM": "[gMASK] [sMASK] <sop> <|observation|> <arg_key> </arg_value> /nothink",
    "StarCoder, Yi": "<reponame> <file_sep> <fim_prefix> <jupyter_start> <gh_stars>",
    "Kimi": "[BOS] [EOS] [EOT] [PAD] [extra_id_0] [start_header_id] <|im_middle|>",
    "Seed": "<seed:bos> </seed:think> <seed:tool_call>",
    "Ernie": "<mask:4> <response> </response> <|IMAGE_PLACEHOLDER|>",
    "BERT, T5": "[CLS] [SEP] [unused99] <extra_id_0> <pad> <mask>",
    "CodeLlama, OLMo": "<PRE> <SUF> <EOT> |||IP_ADDRESS|||",
    "compatibility forms": "＜|im_end|＞ <｜im_end｜> ＜ｔｏｏｌ＿ｃａｌｌ＞ ［INST］ ﹤tool_call﹥",
    "hidden": "<\u200b|im_end|\u200b> <\u200btool_call>",
}

ORDINARY = (
    "if a < b and b > c: print('<b>x</b>', a | b) # [INSTALL]",
    "List<int> Map<String, Integer> vector<vector<int>> std::vector<std::string> Vec<T> Optional<User>",
    "#include <vector>\n#include <stdio.h>\ncout << x << y >> z; i<n;i++ a<b>c",
    "<!DOCTYPE html>\n<div class='a'><p>hi</p><br/></div>\n<!-- note --><table><tr><td>1</td></tr></table>",
    "a[i] x[0] df[col] m[row_index] x[~mask] [x] [ ] [1] [^1] [text](url) [API](https://a) [a][b] [Your Name]",
    "- [ ] to do\n- [x] done\n\n\n    indented  twice\n\t\ttabs\r\n",
    "x |> f |> g; a <| b; Array<string|null>; E[|X|]; [|1;2|]; {|a|}",
    "<https://a.b> <me@a.org> <3 <- -> <=> <-> <...> <1>",
    "collect::<Vec<String>>() Promise<Response> id<T>(x)",
    "| a | b |\n| --- | --- |\n| 1 | 2 |",
    "$\\langle x|y \\rangle$ and $|x|$, ~~struck~~, **bold**, `code`, /usr/bin, and/or",
)


@pytest.mark.parametrize("family", FAMILIES)
def test_control_tokens_of_every_family_are_broken(family: str) -> None:
    for token in FAMILIES[family].split():
        for text in (token, f"yes{token}yes", f"\n{token}\n", token * 3):
            found = neutralise(text)
            assert token not in found
            assert found.replace(" ", "") == text


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_writing_stays_as_it_is(text: str) -> None:
    assert neutralise(text) == text


@given(st.text(alphabet="<>[]|/~!@:_ aINST＜｜tool▁\n"))
def test_nothing_but_blanks_is_added_and_a_second_time_changes_nothing(text: str) -> None:
    found = neutralise(text)
    assert found.replace(" ", "") == text.replace(" ", "")
    assert neutralise(found) == found


def tokenizer(*added: Any, normalizer: Any = None) -> Any:
    """Return the tiny judge's tokenizer with a vocabulary like another model's."""
    pytest.importorskip("transformers", reason="transformers is not installed")
    from transformers import AutoTokenizer

    made = AutoTokenizer.from_pretrained(CHECKPOINT)
    if normalizer is not None:
        made.backend_tokenizer.normalizer = normalizer
    made.add_tokens(list(added))
    return made


def added(*contents: str, special: bool = False, normalized: bool = False) -> list[Any]:
    pytest.importorskip("tokenizers")
    from tokenizers import AddedToken

    return [AddedToken(content, special=special, normalized=normalized) for content in contents]


def vocabularies() -> dict[str, list[Any]]:
    blanks = [" " * n for n in range(2, 25)]
    gemma = ["\n" * n for n in range(1, 31)] + ["▁" * n for n in range(2, 31)]
    markup = [f"<{slash}{name}>" for name in ("b", "table", "td", "h1", "ul", "strong") for slash in ("", "/")]
    return {
        "GPT-NeoX": added(*blanks, normalized=True) + added("|||EMAIL_ADDRESS|||"),
        "Phi": added(*blanks, *("\t" * n for n in range(2, 10))) + added("<|dummy_0|>", special=True),
        "Gemma": added(*gemma, *markup, "[multimodal]", "[@BOS@]", "<unused0>")
        + added("<start_of_turn>", "<turn|>", special=True),
    }


@pytest.mark.parametrize("name", ["GPT-NeoX", "Phi", "Gemma"])
def test_a_vocabulary_with_blanks_and_markup_leaves_them_alone(name: str) -> None:
    from verif_sdk.judges.layout import Layout

    known = tokenizer(*vocabularies()[name])
    layout = Layout(known)
    code = "def f():\n    if x:\n" + " " * 1000 + "\t\treturn <b>1</b>\n\n\n\n<table><td>2</td></table> ▁▁ <note>"
    for text in (*ORDINARY, code):
        ids = layout.content(text)
        assert known.decode(ids) == text
        assert ids == known.encode(text, add_special_tokens=False)


@pytest.mark.parametrize("name", ["GPT-NeoX", "Phi", "Gemma"])
def test_a_known_vocabulary_s_control_tokens_and_no_others_are_broken(name: str) -> None:
    from verif_sdk.judges.layout import Layout
    from verif_sdk.judges.vocabulary import control_tokens

    known = tokenizer(*vocabularies()[name])
    control = control_tokens(known)
    text = " x".join(control.values()) + "".join(control.values()) + " <note> [TODO] <|not_one|>"
    found = Layout(known).content(text)
    assert not control.keys() & set(found)
    decoded = known.decode(found)
    assert decoded.replace(" ", "") == text.replace(" ", "")
    assert decoded.endswith(" <note> [TODO] <|not_one|>")


@pytest.mark.parametrize("attack", ["＜tool_call＞", "x ＜｜eot｜＞＜｜eot｜＞", "<ﬁm_prefix>", "  <|end|>  yes"])
def test_a_tokenizer_that_normalises_finds_no_control_token_either(attack: str) -> None:
    pytest.importorskip("tokenizers")
    from tokenizers import normalizers

    from verif_sdk.judges.layout import Layout
    from verif_sdk.judges.vocabulary import control_tokens

    plain = added("<tool_call>", "<|eot|>", "<fim_prefix>", normalized=True)
    known = tokenizer(*plain, *added("<|end|>", special=True), normalizer=normalizers.NFKC())
    control = control_tokens(known)
    assert control.keys() & set(known.encode(attack, add_special_tokens=False))
    assert not control.keys() & set(Layout(known).content(attack))
