"""GRPO with TRL and a reward of verif_sdk.

    verif check-dataset rows.jsonl
    python train.py

It reads reward.toml and rows.jsonl from its own folder. Each row of rows.jsonl has a prompt and its constraints:
    {"prompt": "Write a haiku about rain.", "constraints": "[{\"type\": \"length:lines\", \"exactly\": 3}]"}
Constraints are JSON text, because a column of rows that differ must be text.
"""

from pathlib import Path

from datasets import load_dataset
from trl import GRPOConfig, GRPOTrainer

from verif_sdk.rewards.trl import TrlReward

HERE = Path(__file__).resolve().parent
MODEL = "Qwen/Qwen3-0.6B"  # the policy to train

# What a reward is, is in reward.toml. One judge serves all ranks if it is a server: start one with
#   verif serve --judge vllm:Qwen/Qwen3-8B
# and set judge = "server:http://127.0.0.1:8500" there. Constraints by code need no judge.
reward = TrlReward(HERE / "reward.toml")

trainer = GRPOTrainer(
    model=MODEL,
    reward_funcs=reward,  # one combined scalar; its parts are among the metrics, as verif/TYPE
    args=GRPOConfig(output_dir=str(HERE / "checkpoints"), num_generations=8, logging_steps=1),
    train_dataset=load_dataset("json", data_files=str(HERE / "rows.jsonl"), split="train"),
)

if __name__ == "__main__":
    trainer.train()
