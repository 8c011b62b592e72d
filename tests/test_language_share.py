"""Whether a text could be in a language: short texts, mixed texts, scripts, and what has no say."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verif_sdk import Registry, Text
from verif_sdk.catalogue.language import NAMES
from verif_sdk.language import likelihood
from verif_sdk.language.profiles import profiles
from verif_sdk.language.scripts import LANGUAGES
from verif_sdk.language.share import share

ENGLISH = "The shop opens at nine in the morning, and we look forward to your visit every day of the week."
FRENCH = "Le magasin ouvre à neuf heures du matin, et nous attendons votre visite tous les jours de la semaine."


def passed(text: str, language: str, **parameters: object) -> bool | None:
    constraint = Registry.installed().parse({"type": "language:is", "language": language, **parameters})
    return constraint.decide(Text(text)).passed


def test_every_language_has_a_script_and_a_profile() -> None:
    written = {code for codes in LANGUAGES.values() for code in codes}
    assert written == set(NAMES) == {name.partition("-")[0] for name in profiles().languages}


@pytest.mark.parametrize(
    "text", ["Yes.", "I am fine", "Let me explain.", "Sure!", "No.", "OK", "Hello!", "Why not?"]
)
def test_short_english_is_never_taken_for_something_else(text: str) -> None:
    assert passed(text, "en") is not False


@pytest.mark.parametrize(
    ("text", "language", "right"),
    [
        ("Let me explain.", "en", True),
        ("Das Wetter ist heute schön.", "de", True),
        ("Das Wetter ist heute schön, wir gehen spazieren.", "en", False),
        ("Merci beaucoup pour votre aide, à demain.", "fr", True),
        ("Merci beaucoup pour votre aide, à demain.", "en", False),
        ("今日はとても良い天気です。", "ja", True),
        ("今日はとても良い天気です。", "zh", False),
        ("今天天气很好。", "zh", True),
        ("今天天气很好。", "ja", None),
        ("今天天气很好，我们去公园散步，然后去吃饭，再回家看书睡觉。", "ja", False),
        ("오늘은 날씨가 좋다.", "ko", True),
        ("Сегодня хорошая погода, и мы идём в парк.", "ru", True),
        ("Сегодня хорошая погода, и мы идём в парк.", "en", False),
        ("iPhone 15 Pro Max を買いました。", "ja", True),
        ("12345", "en", False),
        ("😀 !!!", "en", False),
    ],
)
def test_a_text_passes_fails_or_is_too_short_to_tell(text: str, language: str, right: bool | None) -> None:
    assert passed(text, language) is right


def test_what_makes_no_language_has_no_say() -> None:
    code = "```python\nfor index, value in enumerate(values):\n    print(index, value)\n```"
    assert passed(f"Voici le programme que vous avez demandé :\n\n{code}", "fr") is True
    assert (
        passed(f'A French sign in the window says "{FRENCH[:60]}" to whoever walks past our shop.', "en") is True
    )
    assert passed("Voir https://example.org/the/weather/is/fine/today pour plus de détails.", "fr") is True
    assert passed(f'He said: "{FRENCH}"', "en") is False  # the quotation is nearly all there is


def test_mixed_text_is_measured_by_its_share() -> None:
    mixed = f"{ENGLISH}\n\n{FRENCH}"
    found = share(mixed, "en")
    assert found is not None
    assert 0.4 < found.least <= found.most < 0.6
    assert found.rival == "fr"
    assert passed(mixed, "en") is False
    assert passed(mixed, "en", share_at_least=0.4) is True
    assert passed(f"{ENGLISH}\n" * 9 + FRENCH, "en") is True


def test_the_reason_names_the_likelier_language() -> None:
    constraint = Registry.installed().parse({"type": "language:is", "language": "en"})
    verdict = constraint.decide(Text(FRENCH))
    assert verdict.reason == "100% of its letters are not in English: likelier French"
    assert verdict.score == 0


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.text(max_size=200), st.sampled_from(sorted(NAMES)))
def test_shares_are_shares_and_never_vary(text: str, language: str) -> None:
    found = share(text, language)
    assert found == share(text, language)
    if found is not None:
        assert 0 <= found.least <= found.most <= 1
        assert found.rival in {"", *NAMES}
        assert found.rival != language


def test_the_sums_are_the_same_without_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numpy", reason="numpy is not installed")
    texts = (ENGLISH, FRENCH, f"{ENGLISH}\n\n{FRENCH}", "Let me explain.", "Сегодня хорошая погода.")
    fast = [share(text, language) for text in texts for language in ("en", "fr", "uk")]
    monkeypatch.setattr(likelihood, "_numpy", lambda: None)
    assert [share(text, language) for text in texts for language in ("en", "fr", "uk")] == fast
