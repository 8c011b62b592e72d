"""GRPO with a constraint type of the script's own, which the data names.

python examples/own_type/train.py [MODEL]
"""

import sys
from typing import Literal

from datasets import Dataset
from trl.trainer.grpo_config import GRPOConfig
from trl.trainer.grpo_trainer import GRPOTrainer

from verif_sdk import Check, Text, Verdict, hookimpl
from verif_sdk.rewards.config import RewardConfig
from verif_sdk.rewards.trl import TrlReward


class Calm(Check):
    """The response has no exclamation mark."""

    type: Literal["mine:calm"] = "mine:calm"
    template = "Do not use exclamation marks."

    def check(self, text: Text) -> Verdict:
        return self.verdict("!" not in text.raw, f"{text.raw.count('!')} exclamation marks")


@hookimpl
def verif_constraints() -> list[type[Check]]:
    return [Calm]


if __name__ == "__main__":
    model = sys.argv[1] if len(sys.argv) > 1 else "Qwen/Qwen3-0.6B"
    rows = [{"prompt": "A guest asks about the hotel .", "constraints": {"type": "mine:calm"}}] * 64
    reward = TrlReward(RewardConfig(plugins=(__name__,)))
    options = GRPOConfig("run", max_steps=2, max_completion_length=8, logging_steps=1, bf16=False, report_to=[])
    GRPOTrainer(model, reward, options, Dataset.from_list(rows)).train()
