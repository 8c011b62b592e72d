"""One response with its questions as one training sequence: what they share is computed once."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from verif_sdk import Question
from verif_sdk.judges.layout import Layout


@dataclass(frozen=True)
class Packed:
    """A shared part, then the rest of each question; every question has the positions it has alone."""

    ids: list[int]
    positions: list[int]
    owners: list[int]
    """0 for the shared part, then 1, 2, ... for each question; a question sees itself and the shared part."""
    ends: list[int]
    """Per question, the place of its last token, where the answer is read."""
    targets: list[int]
    """Per question, the token of the true answer."""
    truths: list[bool]


@dataclass(frozen=True)
class Batch:
    """Several packed responses, padded to one length."""

    ids: torch.Tensor
    positions: torch.Tensor
    owners: torch.Tensor
    """As in `Packed`; -1 is padding."""
    mask: torch.Tensor
    """Of shape (responses, 1, length, length): what each token sees."""


def packed(layout: Layout, questions: list[tuple[Question, bool]], *, bare: bool) -> Packed:
    """Return the training sequence of one response.

    Args:
        questions: all about the same response, with the true answers.
        bare: whether the response and the questions stand alone, without the judge's prompt around them.
    """
    shared, own = _bare(layout, questions) if bare else _whole(layout, questions)
    row = Packed(list(shared), list(range(len(shared))), [0] * len(shared), [], [], [])
    for number, (ids, (question, truth)) in enumerate(zip(own, questions, strict=True), 1):
        row.ids.extend(ids)
        row.positions.extend(range(len(shared), len(shared) + len(ids)))
        row.owners.extend([number] * len(ids))
        row.ends.append(len(row.ids) - 1)
        row.targets.append(layout.answer_tokens(question)["yes" if truth else "no"][0])
        row.truths.append(truth)
    return row


def batch(rows: list[Packed]) -> Batch:
    """Return the sequences as padded tensors, with the mask that keeps their questions apart."""
    ids = _padded([row.ids for row in rows], 0)
    owners = _padded([row.owners for row in rows], -1)
    asked, asking = owners[:, None, :], owners[:, :, None]
    earlier = torch.ones(ids.shape[1], ids.shape[1], dtype=torch.bool).tril()
    mask = ((asked == 0) | (asked == asking)) & earlier
    return Batch(ids, _padded([row.positions for row in rows], 0), owners, mask[:, None])


def _bare(layout: Layout, questions: list[tuple[Question, bool]]) -> tuple[list[int], list[list[int]]]:
    own = [layout.content(f"\n{question.question}\n") for question, _ in questions]
    return layout.content(questions[0][0].response), own


def _whole(layout: Layout, questions: list[tuple[Question, bool]]) -> tuple[list[int], list[list[int]]]:
    prompts = [layout.prompt(question) for question, _ in questions]
    shared = next(place for place, ids in enumerate(zip(*prompts, strict=False)) if len(set(ids)) > 1)
    return prompts[0][:shared], [prompt[shared:] for prompt in prompts]


def _padded(rows: list[list[int]], filler: int) -> torch.Tensor:
    return torch.nn.utils.rnn.pad_sequence([torch.tensor(row) for row in rows], True, filler)
