"""Languages are langdetect's: both of our walks against the original, seeded anew for each text."""

from __future__ import annotations

import importlib
import json
from array import array
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from langdetect import DetectorFactory, LangDetectException
from langdetect import detect as original
from langdetect.detector_factory import PROFILES_DIRECTORY

from verif_sdk.language import detect, detect_raw
from verif_sdk.language.ngrams import known
from verif_sdk.language.profiles import profiles, row
from verif_sdk.language.walk import exact

PIECES = [
    "The weather is very nice today. ",
    "Das Wetter ist heute schön. ",
    "Le temps est très beau. ",
    "今天天气很好。",
    "今日は天気がいい。",
    "오늘 날씨가 좋다. ",
    "Сегодня хорошая погода. ",
    "Сьогодні гарна погода. ",
    "الطقس جميل اليوم. ",
    "आज मौसम अच्छा है। ",
    "วันนี้อากาศดี ",
    "Hôm nay thời tiết đẹp. ",
    "Bugün hava güzel. ",
    "http://a.b/c?d ",
    "a@b.org ",
    "UPPER CASE TEXT ",
    "MiXeD cAsE ",
    "12345 ",
    "!?.,; ",
    "é",
    "ß",
    "ñ",
    "a",
    "x ",
    "\n",
    " ",
    "ﬁ",
    "Ａ",
    "\u200b",
    "verylongwordwithoutanyspaceinitatall",
    "😀",
    "\u00ad",
]


def reference(text: str) -> str | None:
    DetectorFactory.seed = 0
    try:
        found: str = original(text)
    except LangDetectException:
        return None
    return found


def in_numpy() -> ModuleType:
    """Return the module of the walk in numpy, or skip the test."""
    pytest.importorskip("numpy", reason="numpy is not installed")
    return importlib.import_module("verif_sdk.language.fast_walk")


TEXTS = st.one_of(
    st.text(max_size=40),
    st.lists(st.sampled_from(PIECES), max_size=12).map("".join),
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=3).map(lambda pieces: "".join(pieces) * 20),
)


MIXED = "今天天气很好。今天天气很好。الطقس جميل اليوم. الطقس جميل اليوم. Hôm nay thời tiết đẹp. MiXeD cAsE "


@settings(max_examples=600, deadline=None, derandomize=True)
@given(TEXTS)
@example(MIXED)
def test_the_answer_is_langdetects(text: str) -> None:
    assert detect_raw(text) == reference(text)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(TEXTS)
def test_the_walk_in_numpy_agrees_with_the_exact_one_where_it_answers(text: str) -> None:
    fast_walk = in_numpy()
    ngrams = known(text)
    if len(ngrams):
        fast = fast_walk.most_probable(ngrams)
        assert fast is None or fast == exact(ngrams)


def test_few_ngrams_take_the_longest_walks_and_still_agree() -> None:
    fast_walk = in_numpy()
    for count in range(1, 9):
        ngrams = array("i", range(1000, 1000 + count))
        fast = fast_walk.most_probable(ngrams)
        assert fast is None or fast == exact(ngrams)


def test_codes_are_short_and_texts_without_letters_have_none() -> None:
    assert detect("今天天气很好，我们去公园散步。") == "zh"
    assert detect_raw("今天天气很好，我们去公园散步。") == "zh-cn"
    for text in ("", "12345", "!?", "http://example.org"):
        assert detect(text) is None
    assert len(profiles().languages) == 55


def test_the_frequencies_are_those_of_langdetects_profiles() -> None:
    paths = sorted(path for path in Path(PROFILES_DIRECTORY).iterdir() if path.is_file())
    originals = [json.loads(path.read_text("utf-8")) for path in paths]
    assert profiles().languages == [profile["name"] for profile in originals]
    assert set(profiles().ngrams) == {ngram for profile in originals for ngram in profile["freq"]}
    for place in range(0, len(profiles().ngrams), 50):
        ngram = profiles().ngrams[place]
        totals = [profile["n_words"][len(ngram) - 1] for profile in originals]
        counts = [profile["freq"].get(ngram, 0) for profile in originals]
        assert row(place) == [count / total for count, total in zip(counts, totals, strict=True)]


def test_many_threads_get_the_same_answer() -> None:
    texts = [f"The weather is nice on day {n}." for n in range(200)]
    detect_raw.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(detect_raw, texts)) == {"en"}
