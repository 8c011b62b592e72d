#!/usr/bin/env bash
# A verl run with a reward of verif_sdk. Rows are parquet with reward_model.ground_truth (the constraints as JSON
# text) and extra_info.prompt (what was asked: verl does not pass it to the reward).
set -euo pipefail
cd "$(dirname "$0")"

# One judge for all reward workers: in another shell, verif serve --judge vllm:Qwen/Qwen3-8B, and in reward.toml
# judge = "server:http://127.0.0.1:8500".
python -m verl.trainer.main_ppo \
  data.train_files=train.parquet data.val_files=val.parquet \
  actor_rollout_ref.model.path=Qwen/Qwen3-0.6B \
  algorithm.adv_estimator=grpo actor_rollout_ref.rollout.n=8 \
  reward.custom_reward_function.path=pkg://verif_sdk.rewards.verl \
  reward.custom_reward_function.name=compute_score \
  +reward.custom_reward_function.reward_kwargs.config="$PWD/reward.toml" \
  "$@"
