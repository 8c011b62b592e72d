"""verl: `compute_score`, which its reward loop calls for one rollout at a time.

    reward.custom_reward_function.path=pkg://verif_sdk.rewards.verl
    reward.custom_reward_function.name=compute_score
    +reward.custom_reward_function.reward_kwargs.judge=server:http://judge:8500

Made for verl 0.9 and its managers `naive` and `dapo`.
"""

from __future__ import annotations

import asyncio
import json
import weakref
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any

from verif_sdk.errors import InvalidSpec
from verif_sdk.rewards import metrics
from verif_sdk.rewards.config import RewardConfig
from verif_sdk.rewards.rollout import Rollout
from verif_sdk.rewards.scorer import Scorer

_PROMPTS = ("prompt", "raw_prompt", "question")
_slots: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = weakref.WeakKeyDictionary()


async def compute_score(
    data_source: str,
    solution_str: str,
    ground_truth: Any,
    extra_info: Mapping[str, Any] | None = None,
    *,
    reward_router_address: str | None = None,  # noqa: ARG001  # verl passes it where it serves a reward model
    reward_model_tokenizer: Any = None,  # noqa: ARG001  # as above
    config: str | None = None,
    **options: Any,
) -> dict[str, float]:
    """Return the reward of one response as `score`, and numbers about it under names that never vary.

    Args:
        data_source: verl's name of the data set; not used.
        solution_str: the response, without special tokens.
        ground_truth: the constraints as JSON text or a list, or an object of `constraints`, `prompt` and
            `reference`; with the option `rows`, what that row format reads.
        extra_info: the data set's extra fields; `prompt`, `raw_prompt` or `question` is the prompt, which verl
            does not pass itself.
        reward_router_address: not used.
        reward_model_tokenizer: not used.
        config: the file of a `RewardConfig`; else the file that VERIF_REWARD names.
        options: single fields of a `RewardConfig`, which override the file.

    Raises:
        UndecidedReward: the reward is undecided, and `undecided` is not a number. verl takes no None; its
            reward loop then marks the group of this prompt as failed.
        InvalidSpec: an option is wrong.
        JudgeFailed: the judge cannot start.
    """
    scorer = _scorer(config, json.dumps(_plain(options), sort_keys=True))
    rollout = _rollout(scorer.config, data_source, solution_str, _plain(ground_truth), _plain(extra_info or {}))
    loop = asyncio.get_running_loop()
    slots = _slots.setdefault(loop, asyncio.Semaphore(scorer.config.concurrency))
    async with slots:
        (scored,) = await scorer.ascore([rollout])
    numbers = metrics.constant(scored, telemetry=scorer.config.telemetry)
    return {"score": scored.number(scorer.config.undecided), **numbers}


def _rollout(config: RewardConfig, source: str, response: str, truth: Any, extra: Mapping[str, Any]) -> Rollout:
    prompt = next((extra[name] for name in _PROMPTS if extra.get(name) is not None), None)
    if config.rows is not None:
        shared = {"data_source": source, "ground_truth": truth, "reward_model": {"ground_truth": truth}}
        return Rollout(prompt, response, {**extra, **shared})
    if isinstance(truth, str) and truth.lstrip().startswith("{"):
        with suppress(ValueError):  # the case will say what is wrong
            truth = json.loads(truth)
    if isinstance(truth, Mapping) and "constraints" in truth:
        fields = {config.constraints: truth["constraints"], "reference": truth.get("reference")}
        return Rollout(truth.get("prompt") or prompt, response, fields)
    return Rollout(prompt, response, {config.constraints: truth, "reference": extra.get("reference")})


@lru_cache(maxsize=16)
def _scorer(path: str | None, options: str) -> Scorer:
    config = RewardConfig.of(path, **json.loads(options))
    if config.undecided == "none":
        raise InvalidSpec('undecided: verl takes no "none"; use "raise" or a number')
    return Scorer(config)


def _plain(value: Any) -> Any:
    """Return a value of verl's data (arrays, configuration nodes) as plain JSON types."""
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    if isinstance(value, Mapping) or hasattr(value, "items"):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)) or type(value).__name__ == "ListConfig":
        return [_plain(item) for item in value]
    return value
