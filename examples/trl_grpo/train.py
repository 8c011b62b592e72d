"""GRPO on the CPU with hard and soft constraints: TRL's real trainer, a made-up policy, the demo's judge.

    python examples/trl_grpo/train.py [--steps 40] [--judge SPEC]

The policy is a random two-layer model of some fifty words, so everything that it learns, it learns from the
reward. It prints the mean reward of the first and of the last ten steps, and exits with 1 unless the last
are clearly higher.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

from verif_sdk.rewards.trl import TrlReward

JUDGE = f"hf:{Path(__file__).resolve().parents[1] / 'tiny_judge' / 'checkpoint'}"
WORDS = tuple(
    "Thank you very much for your question about the a is was with we our it and of to in on at "  # noqa: SIM905
    "hotel tour train journey ticket recipe pizza soup match team phone laptop "
    "wonderful delightful lovely great fantastic dreadful awful terrible stupid idiot please sorry glad "
    ". , !".split()
)
PROMPT = "A guest asks about the hotel ."
CONSTRAINTS: list[dict[str, Any]] = [
    {"type": "length:words", "at_least": 4, "at_most": 10},
    {"type": "keywords:include", "keywords": ["hotel"]},
    {"type": "soft:sentiment", "sentiment": "positive"},
]
RISE = 0.1
"""By how much the mean reward of the last ten steps is above that of the first ten at least."""


def policy(folder: Path) -> Path:
    """Write the random policy and its tokenizer of whole words to `folder`, and return it."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM

    words = dict.fromkeys(["<pad>", "<end>", *WORDS, *PROMPT.split()])
    made = Tokenizer(models.WordLevel({word: place for place, word in enumerate(words)}, unk_token="<pad>"))
    made.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    fast: Any = PreTrainedTokenizerFast
    tokenizer = fast(tokenizer_object=made, eos_token="<end>", pad_token="<pad>")
    torch.manual_seed(0)
    config = Qwen3Config(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        head_dim=32,
        max_position_embeddings=128,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=None,
    )
    untrained: Any = Qwen3ForCausalLM
    untrained(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def train(folder: Path, steps: int, reward: Any) -> list[dict[str, float]]:
    """Train for a number of steps and return what the trainer logged at each."""
    from datasets import Dataset
    from transformers import PrinterCallback
    from trl.trainer.grpo_config import GRPOConfig
    from trl.trainer.grpo_trainer import GRPOTrainer

    rows = [{"prompt": PROMPT, "constraints": json.dumps(CONSTRAINTS)}] * 64
    arguments = GRPOConfig(
        output_dir=str(folder / "run"),
        max_steps=steps,
        per_device_train_batch_size=32,
        num_generations=16,
        max_completion_length=12,
        learning_rate=3e-3,
        lr_scheduler_type="constant",
        logging_steps=1,
        report_to=[],
        save_strategy="no",
        use_cpu=True,
        bf16=False,
        seed=0,
        disable_tqdm=True,
    )
    trainer = GRPOTrainer(
        model=str(folder), reward_funcs=reward, args=arguments, train_dataset=Dataset.from_list(rows)
    )
    trainer.remove_callback(PrinterCallback)
    trainer.train()
    return [entry for entry in trainer.state.log_history if "reward" in entry]


def main() -> int:
    """Train, print what the reward did, and return 1 if it did not rise."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--judge", default=JUDGE)
    options = parser.parse_args()
    reward = TrlReward(judge=options.judge, aggregate="mean", early_exit=False)
    with tempfile.TemporaryDirectory() as folder:
        history = train(policy(Path(folder)), options.steps, reward)
    if not history:  # only the first of several ranks logs
        return 0
    names = ["reward", *(f"verif/{constraint['type']}" for constraint in CONSTRAINTS), "verif/undecided"]
    print(f"{'mean of':24} first ten steps   last ten")
    for name in names:
        first, last = (sum(entry[name] for entry in steps) / 10 for steps in (history[:10], history[-10:]))
        print(f"{name:24} {first:15.3f} {last:10.3f}")
    return int(mean(history[-10:]) < mean(history[:10]) + RISE)


def mean(history: list[dict[str, float]]) -> float:
    """Return the mean reward of some steps."""
    return sum(entry["reward"] for entry in history) / len(history)


if __name__ == "__main__":
    raise SystemExit(main())
