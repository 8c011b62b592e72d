"""Where our tables or NLTK's release are not those that were tested, sentences and tokens stay NLTK's."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from verif_ifeval import nltk_data
from verif_ifeval.agreement import TESTED, TOKENS

pytestmark = pytest.mark.skipif(nltk_data.found("punkt_tab") is None, reason="NLTK's punkt_tab is not here")

PLAIN = " ".join(TOKENS)
TEXTS = [PLAIN, "Mr. Smith went home. He was tired, i.e. he'd walked.", "NO. 5, U.S. AND e.g. This"]
PROGRAM = """
import json, sys, warnings
from verif_ifeval import agreement, punkt, stops
texts, release, breaking = json.loads(sys.argv[1])
agreement.version = lambda _: release
exec(breaking)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    answers = [[punkt.sentences(text), punkt.tokens(text), punkt.capitals(text)] for text in texts]
told = [str(warning.message) for warning in caught]
loaded = "nltk" in sys.modules
from nltk.tokenize import PunktTokenizer
from nltk.tokenize.destructive import NLTKWordTokenizer
words = NLTKWordTokenizer()
expected = []
for text in texts:
    sentences = PunktTokenizer("english").tokenize(text)
    tokens = [token for sentence in sentences for token in words.tokenize(sentence)]
    expected.append([sentences, tokens, sum(map(str.isupper, tokens))])
print(json.dumps([json.dumps(answers) == json.dumps(expected), told, loaded]))
"""
NEWEST = max(TESTED)


def compared(release: str, breaking: str, texts: list[str] = TEXTS) -> tuple[bool, list[str], bool]:
    """Return whether a fresh process answers as NLTK does, what it warns of, and whether it loaded NLTK."""
    command = [sys.executable, "-c", PROGRAM, json.dumps([texts, release, breaking])]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    right, told, loaded = json.loads(done.stdout)
    return right, told, loaded


@pytest.mark.parametrize(
    "breaking",
    [
        "known = stops._read\nstops._read = lambda folder: known(folder)._replace(abbreviations=frozenset())",
        "known = stops._read\nstops._read = lambda folder: known(folder)._replace(cases={})",
        'import re\npunkt._CLITIC = re.compile("([A-Za-z]+)(\'t)|(x)(y)")',
    ],
)
def test_a_broken_table_is_told_and_nltk_answers(breaking: str) -> None:
    right, told, _ = compared(NEWEST, breaking)
    assert right
    assert len(told) == 1
    assert "NLTK itself searches in this process" in told[0]


def test_a_tested_release_is_not_loaded_and_another_that_answers_alike_is_not_told_of() -> None:
    assert compared(NEWEST, "", [PLAIN]) == (True, [], False)
    assert compared("3.11", "", [PLAIN]) == (True, [], True)
