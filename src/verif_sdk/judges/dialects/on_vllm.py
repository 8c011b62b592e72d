"""A text of a dialect on a vLLM engine."""

from __future__ import annotations

from typing import Any

from verif_sdk.errors import InvalidSpec
from verif_sdk.judges.dialects.asking import VOTING, Ask, Reply
from verif_sdk.judges.engine import Engine
from verif_sdk.judges.launch import sampling


async def reply(running: Engine, model: str, ask: Ask, request_id: str) -> Reply:
    """Return a model's reply; a failure is the reply's error."""
    try:
        tokens = running.layout.first_tokens(ask.words)
        ids = running.layout.turn(ask.text, chat=ask.chat)
        running.fits(ids, room=ask.room)
        output = await running.generate(ids, _parameters(ask, tokens), request_id)
    except InvalidSpec as error:
        return Reply(error=str(error))
    except Exception as cause:  # noqa: BLE001  # any engine failure leaves this question undecided
        return Reply(error=running.failed(cause))
    written = output.outputs[0]
    first = written.logprobs[0] if tokens else {}
    return Reply(
        text=written.text,
        cut=written.finish_reason == "length",
        logprobs={
            word: [first[number].logprob for number in its if number in first] for word, its in tokens.items()
        },
        backend=f"vllm:{model}{running.revision}",
        spent={
            "prompt_tokens": len(ids),
            "cached_tokens": output.num_cached_tokens or 0,
            "completion_tokens": len(written.token_ids),
        },
    )


def _parameters(ask: Ask, tokens: dict[str, tuple[int, ...]]) -> Any:
    if tokens:
        wanted = [number for its in tokens.values() for number in its]
        return sampling().SamplingParams(temperature=0.0, max_tokens=1, logprob_token_ids=wanted, detokenize=False)
    chance: dict[str, Any] = (
        {"temperature": 0.0} if ask.sample is None else {"temperature": VOTING, "seed": ask.sample}
    )
    return sampling().SamplingParams(**chance, max_tokens=ask.room)
