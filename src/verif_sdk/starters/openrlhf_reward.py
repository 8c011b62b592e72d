"""The reward file of an OpenRLHF run.

    verif check-dataset rows.jsonl
    python -m openrlhf.cli.train_ppo_ray … --reward.remote_url $PWD/reward.py --data.label_key constraints

The label is the row's constraints as JSON text: OpenRLHF hands over one column, and no other.
This file is loaded in each vLLM actor; with `judge = "server:http://HOST:8500"` in reward.toml all of them
share one judge, started with `verif serve --judge vllm:Qwen/Qwen3-8B`.
"""

from pathlib import Path

from verif_sdk.rewards.openrlhf import OpenRlhfReward

# OpenRLHF has no undecided reward, so reward.toml must name the number that stands for one. How often it
# was needed is logged as verif_undecided.
reward_func = OpenRlhfReward(config=str(Path(__file__).with_name("reward.toml")))
