"""Groups: the completions of one prompt, ranked against each other, and whether they tell a trainer anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from verif_sdk import event_loop
from verif_sdk.errors import MissingJudge
from verif_sdk.judges.asking import ask
from verif_sdk.judges.prompt import better
from verif_sdk.judges.shared import resolve
from verif_sdk.question import Answer, Judge


def rank(
    completions: Sequence[str], criterion: str, *, prompt: str | None = None, judge: Judge | str | None = None
) -> list[float | None]:
    """Return how often each completion is better than the others of its group, in [0, 1], 0.5 on average.

    The judge compares each pair twice with the positions swapped, so that a position bias cancels out:
    G (G - 1) questions for G completions, in one stream.

    Args:
        completions: two or more, of one prompt. Blank ones lose against all others.
        criterion: what better means, such as "the more vivid description".
        prompt: what they answer, as text.
        judge: a judge or a spec; else VERIF_JUDGE.

    Returns:
        The mean of each completion's comparisons; None if one of them is unanswered.

    Raises:
        MissingJudge: no judge is set.
        ValueError: there are fewer than two completions.
    """
    if len(completions) < 2:
        raise ValueError(f"a group has two completions or more, got {len(completions)}")
    ranking_judge = resolve(judge)
    if ranking_judge is None:
        raise MissingJudge("ranking")
    pairs = list(combinations(range(len(completions)), 2))
    questions = {
        (one, other): better(completions[one], completions[other], criterion, prompt)
        for pair in pairs
        for one, other in (pair, pair[::-1])
        if completions[one].strip() and completions[other].strip()
    }
    answers = event_loop.submit(ask(ranking_judge, list(questions.values()))).result() if questions else []
    answered = dict(zip(questions, answers, strict=True))
    wins: list[list[float | None]] = [[] for _ in completions]
    for one, other in pairs:
        share = _better(completions, one, other, answered)
        wins[one].append(share)
        wins[other].append(None if share is None else 1.0 - share)
    return [_mean(scores) for scores in wins]


def _better(
    completions: Sequence[str], one: int, other: int, answered: dict[tuple[int, int], Answer]
) -> float | None:
    """Return the probability that `one` is better than `other`, or None if it is unknown."""
    if (one, other) not in answered:
        blank = [not completions[place].strip() for place in (one, other)]
        return 0.5 + 0.5 * (blank[1] - blank[0])
    forth, back = answered[one, other].score, answered[other, one].score
    return None if forth is None or back is None else (forth + 1.0 - back) / 2


def _mean(scores: Sequence[float | None]) -> float | None:
    known = [score for score in scores if score is not None]
    return sum(known) / len(known) if len(known) == len(scores) else None


@dataclass(frozen=True)
class Signal:
    """How many groups a trainer that compares within groups can learn from."""

    groups: int
    flat: int
    """Groups whose rewards are all the same: no completion is better than another, so there is no gradient."""
    undecided: int
    """Groups without two decided rewards."""

    @property
    def share(self) -> float:
        """The share of groups, in [0, 1], that a trainer can learn from; 0 without groups."""
        return (self.groups - self.flat - self.undecided) / self.groups if self.groups else 0.0


def signal(groups: Sequence[Sequence[float | None]]) -> Signal:
    """Return the statistics of groups of rewards; None stands for an undecided reward."""
    decided = [[reward for reward in group if reward is not None] for group in groups]
    flat = sum(len(rewards) > 1 and max(rewards) - min(rewards) < 1e-9 for rewards in decided)
    return Signal(len(groups), flat, sum(len(rewards) < 2 for rewards in decided))
