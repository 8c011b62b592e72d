"""A judge that decides at the threshold found by `verif calibrate`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from verif_sdk.errors import InvalidSpec
from verif_sdk.judges.asking import ask
from verif_sdk.judges.prompt import PROMPT_VERSION
from verif_sdk.judges.starting import start
from verif_sdk.question import YES_NO, Answer, Judge, Question

_READING = ("dialect", "joint", "quantization", "reasoning", "revision", "rule", "votes")
"""The options of a spec on which the probabilities of a judge depend."""


def measured_part(spec: str) -> str:
    """Return what a calibration is of: scheme, model, and the options on which probabilities depend."""
    from urllib.parse import parse_qsl

    name, _, query = spec.partition("?")
    kept = sorted(f"{option}={value}" for option, value in parse_qsl(query) if option in _READING)
    return f"{name}?{'&'.join(kept)}" if kept else name


class CalibratedJudge:
    """Maps a judge's probabilities so that the calibrated threshold lies at 0.5, where verdicts are decided.

    Probabilities below the threshold are spread over [0, 0.5), those from it on over [0.5, 1]; their order stays.
    Only questions with the answers yes and no are mapped.

    Args:
        judge: who answers.
        path: the file that `verif calibrate --out` wrote.
        spec: the judge's spec.
        version: of the words that the judge reads.

    Raises:
        InvalidSpec: the file cannot be used, or was made with another judge or version of the prompt.
    """

    shares_loop = True

    def __init__(self, judge: Judge, path: str, spec: str, version: str = PROMPT_VERSION) -> None:
        try:
            facts = json.loads(Path(path).read_text("utf-8"))
            self._threshold = float(facts["threshold"])
            words, measured = facts["prompt_version"], measured_part(facts["judge"])
        except OSError as error:
            raise InvalidSpec(f"calibration: {path} cannot be read: {error.strerror or error}") from None
        except (ValueError, KeyError, TypeError) as error:
            raise InvalidSpec(f"calibration: {path} was not written by `verif calibrate`: {error}") from None
        if words != version:
            raise InvalidSpec(
                f"calibration: {path} is for prompt version {words}, this is {version}; calibrate anew"
            )
        if measured != measured_part(spec):
            raise InvalidSpec(
                f"calibration: {path} is of the judge {measured}, this is {measured_part(spec)}; calibrate anew"
            )
        if not 0 < self._threshold < 1:
            raise InvalidSpec(f"calibration: the threshold in {path} is {self._threshold:g}, not between 0 and 1")
        self._judge = judge
        self.together = getattr(judge, "together", False)

    async def start(self) -> None:
        """Start the judge that answers."""
        await start(self._judge)

    async def answer(self, questions: Sequence[Question]) -> list[Answer]:
        """Return the judge's answers with their scores mapped."""
        answers = await ask(self._judge, questions)
        return [self._mapped(question, answer) for question, answer in zip(questions, answers, strict=True)]

    def _mapped(self, question: Question, answer: Answer) -> Answer:
        if answer.score is None or question.answers != YES_NO:
            return answer
        threshold, score = self._threshold, answer.score
        if score < threshold:
            # Below 0.5 even where the division rounds up.
            mapped = min(0.5 * score / threshold, 0.5 - 1e-12)
        else:
            mapped = 0.5 + 0.5 * (score - threshold) / (1 - threshold)
        made = f"{answer.decided_by}; threshold {threshold:.3g}"
        return answer.model_copy(update={"score": min(1.0, mapped), "decided_by": made})
