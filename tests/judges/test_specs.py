"""Judge specs: options are checked against what a judge takes, and a bug in one is not a wrong spec."""

from __future__ import annotations

import socket
from collections.abc import Sequence

import pytest

from verif_sdk import Answer, InvalidSpec, Judge, Question, Registry, event_loop
from verif_sdk.errors import JudgeFailed
from verif_sdk.judges.spec import from_spec

HERE = "http://127.0.0.1:9"


class Picky:
    """A judge of a plugin, with an option that it needs."""

    def __init__(self, model: str, *, mood: str, depth: str = "1") -> None:
        self.model = model
        if mood == "bad":
            raise TypeError("'int' object is not subscriptable")

    async def answer(self, questions: Sequence[Question]) -> list[Answer]:
        return [Answer(error="away")] * len(questions)


@pytest.fixture(autouse=True)
def _picky(monkeypatch: pytest.MonkeyPatch) -> None:
    known = Registry.installed()
    with_picky = Registry(known.constraints, judges={**known.judges, "picky": Picky})
    monkeypatch.setattr(Registry, "installed", lambda: with_picky)


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("vlm:a", "unknown judge 'vlm'; did you mean 'vllm'?"),
        ("vllm:", "judge 'vllm' needs a model, as in 'vllm:Qwen/Qwen3-8B'"),
        ("hf:?device=cpu", "judge 'hf' needs a model"),
        ("cascde:a|b", "unknown judge 'cascde'; did you mean 'cascade'?"),
        ("zzz:a", "unknown judge 'zzz'; known: cascade, "),
        (f"server:{HERE}?retrys=3", "judge 'server': unknown option 'retrys'; did you mean 'retries'?"),
        (f"server:{HERE}?cach=memory", "judge 'server': unknown option 'cach'; did you mean 'cache'?"),
        (f"openai:a?base_ulr={HERE}", "judge 'openai': unknown option 'base_ulr'; did you mean 'base_url'?"),
        ("picky:a?mod=x", "judge 'picky': unknown option 'mod'; did you mean 'mood'?"),
        ("picky:a", "judge 'picky' needs the option 'mood', as in 'picky:MODEL?mood=...'"),
        ("picky:a?mood=good&rule=mean", "judge 'picky': 'rule' says how votes are counted"),
        ("picky:a?mood=good&votes=3", "votes: judge 'picky' draws no samples"),
        (f"server:{HERE}?retries=-1", "judge option 'retries' is a whole number from 0, got '-1'"),
        (f"openai:a?base_url={HERE}&retries=many", "judge option 'retries' is a whole number from 0, got 'many'"),
        *[
            (f"{scheme}&{option}=0", f"judge option '{option}' is a number above 0, got '0'")
            for scheme in (f"openai:a?base_url={HERE}", f"server:{HERE}?retries=1")
            for option in ("concurrency", "timeout")
        ],
        ("openai:a?max_reasoning_tokens=0", "judge option 'max_reasoning_tokens' is a number above 0, got '0'"),
        ("openai:a?least_mass=2", "judge option 'least_mass' is a number from 0 to 1, got '2'"),
        ("openai:a?reasoning=maybe", "judge option 'reasoning' is true or false, got 'maybe'"),
        (f"openai:a?base_url={HERE}&retries=1e999", "judge option 'retries' is a whole number from 0"),
    ],
)
def test_a_wrong_spec_is_told_with_the_way_out(spec: str, said: str) -> None:
    with pytest.raises(InvalidSpec) as error:
        from_spec(spec)
    assert str(error.value).startswith(said)


@pytest.mark.parametrize("spec", [f"server:{HERE}?retries=0", f"openai:a?base_url={HERE}&retries=0"])
def test_no_further_tries_are_taken_everywhere(spec: str) -> None:
    assert isinstance(from_spec(spec), Judge)


def test_a_bug_in_a_judge_is_not_a_wrong_spec() -> None:
    with pytest.raises(JudgeFailed, match="judge 'picky' cannot start: TypeError: 'int' object") as error:
        from_spec("picky:a?mood=bad")
    assert not isinstance(error.value, InvalidSpec)
    assert isinstance(error.value.__cause__, TypeError)


def asked(spec: str, question: Question) -> list[Answer]:
    return event_loop.submit(from_spec(spec).answer([question])).result(60)


def test_a_failed_connection_says_why() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    question = Question(prompt=None, response="a", question="?")
    (refused,) = asked(f"server:http://127.0.0.1:{port}?retries=0", question)
    assert refused.error == (
        f"no connection to http://127.0.0.1:{port}: it was refused; start the server, or correct the address"
    )
    (unknown,) = asked("server:http://no-such-host.invalid?retries=0", question)
    assert "the name of the host is not known" in (unknown.error or "")
