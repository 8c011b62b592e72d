"""Train the tiny judge, or measure the one that is here. From the root of the repository:

python -m examples.tiny_judge.train              # some three minutes on one core
python -m examples.tiny_judge.train --evaluate   # accuracy of the checkpoint on held-out sentences
"""

from __future__ import annotations

import argparse
import json
import random

import torch
from torch.nn.functional import cross_entropy
from transformers import Qwen3Config, Qwen3ForCausalLM

from examples.tiny_judge import CHECKPOINT
from examples.tiny_judge.evaluation import accuracy
from examples.tiny_judge.packing import Packed, batch, packed
from examples.tiny_judge.questions import labelled
from examples.tiny_judge.vocabulary import tokenizer
from verif_sdk.judges.hf import HfJudge
from verif_sdk.judges.layout import Layout
from verif_sdk.judges.prompt import PROMPT_VERSION

BARE_STEPS = 300  # first the words alone, from which a small model learns ten times sooner what they mean
WHOLE_STEPS = 300  # then within the judge's whole prompt
RESPONSES_PER_STEP = 16
LEARNING_RATE = 2e-3
SEED = 0
GOAL = 0.95


def network(vocabulary: int) -> Qwen3ForCausalLM:
    """Return the untrained model: two layers, half a million parameters."""
    return Qwen3ForCausalLM(  # type: ignore[no-untyped-call]
        Qwen3Config(
            vocab_size=vocabulary,
            hidden_size=128,
            intermediate_size=256,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=4,
            head_dim=32,
            max_position_embeddings=2048,
            tie_word_embeddings=True,
            initializer_range=0.05,  # the usual 0.02 is for wider models; this one would start too slowly
        )
    )


def losses(model: Qwen3ForCausalLM, rows: list[Packed]) -> tuple[torch.Tensor, torch.Tensor, float]:
    """Return the loss on the answers, the loss on the words of the met requirements, the share of right answers.

    The second one asks the model to foresee a requirement that the response meets ("Write in a polite
    tone"), which needs the properties of the response: several bits per question, where an answer has one.
    """
    made = batch(rows)
    hidden = model.model(made.ids, attention_mask=made.mask, position_ids=made.positions).last_hidden_state
    met = torch.zeros_like(made.owners, dtype=torch.bool)
    for place, row in enumerate(rows):
        numbers = [number for number, truth in enumerate(row.truths, 1) if truth]
        met[place] = torch.isin(made.owners[place], torch.tensor(numbers))
    foreseen = met[:, 1:] & (made.owners[:, 1:] == made.owners[:, :-1])
    words = cross_entropy(model.lm_head(hidden[:, :-1][foreseen]), made.ids[:, 1:][foreseen], reduction="sum")
    ends = [(place, end) for place, row in enumerate(rows) for end in row.ends]
    found = model.lm_head(hidden[[place for place, _ in ends], [end for _, end in ends]])
    target = torch.tensor([token for row in rows for token in row.targets])
    right = (found.argmax(-1) == target).float().mean().item()
    return cross_entropy(found, target), words / sum(sum(row.truths) for row in rows), right


def train() -> None:
    """Train from nothing and write the checkpoint."""
    torch.manual_seed(SEED)
    words = tokenizer()
    layout, model = Layout(words), network(len(words))
    steps = BARE_STEPS + WHOLE_STEPS
    optimizer = torch.optim.AdamW(model.parameters(), weight_decay=0.01, betas=(0.9, 0.98))
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, total_steps=steps, pct_start=0.1)
    chance, lately = random.Random(SEED), 0.5
    for step in range(1, steps + 1):
        questions = [labelled(chance, held_out=False) for _ in range(RESPONSES_PER_STEP)]
        rows = [packed(layout, about, bare=step <= BARE_STEPS) for about in questions]
        answering, foreseeing, right = losses(model, rows)
        optimizer.zero_grad()
        torch.autograd.backward(answering + foreseeing)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        lately = 0.95 * lately + 0.05 * right
        if step % 50 == 0:
            print(
                f"step {step} of {steps}: loss {answering:.3f} + {foreseeing:.3f}, right {lately:.3f}", flush=True
            )
    model.bfloat16().save_pretrained(CHECKPOINT)
    words.save_pretrained(CHECKPOINT)
    facts = {"prompt_version": PROMPT_VERSION, "steps": steps, "seed": SEED}
    (CHECKPOINT / "training.json").write_text(json.dumps(facts, indent=2) + "\n")


def evaluate() -> bool:
    """Print the shares of right answers on held-out sentences; return whether their total reaches the goal."""
    found = accuracy(HfJudge(str(CHECKPOINT), batch_size=64))
    for name, share in found.items():
        print(f"{share:7.1%}  {name}")
    return found["total"] >= GOAL


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--evaluate", action="store_true", help="measure the checkpoint instead of training it")
    torch.set_num_threads(1)  # sums in one order: the same bytes when run again
    if not parser.parse_args().evaluate:
        train()
    raise SystemExit(not evaluate())
