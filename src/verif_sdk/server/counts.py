"""What a server has done, in the text format of Prometheus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from verif_sdk.question import Answer
from verif_sdk.rewards.rollout import Scored
from verif_sdk.verdict import Result, Usage

_HELP = {
    "verif_requests_total": "Requests answered, by path and status.",
    "verif_request_seconds_total": "Seconds spent on requests, by path.",
    "verif_results_total": "Responses verified, by outcome: passed, failed or undecided.",
    "verif_judge_questions_total": "Questions to the judge, by fate: asked, shared, saved or failed.",
    "verif_judge_tokens_total": "Tokens of the judge, by kind: prompt, cached or completion.",
}


class Counts:
    """Counters of one server; all of its code runs on one event loop, so they need no lock."""

    def __init__(self) -> None:
        self._values: Counter[tuple[str, tuple[tuple[str, str], ...]]] = Counter()
        self._paths: frozenset[str] = frozenset()

    def know(self, paths: Iterable[str]) -> None:
        """Name the paths that are counted apart; all others are counted together."""
        self._paths = frozenset(paths)

    def request(self, path: str, status: int, seconds: float) -> None:
        """Count one request."""
        path = path if path in self._paths else "other"
        self._add("verif_requests_total", 1, path=path, status=str(status))
        self._add("verif_request_seconds_total", seconds, path=path)

    def results(self, results: Iterable[Result | Scored]) -> None:
        """Count what was verified, and what that asked of the judge."""
        for result in results:
            passed = all(verdict.passed for verdict in result.verdicts)
            outcome = "undecided" if result.reward is None else "passed" if passed else "failed"
            self._add("verif_results_total", 1, outcome=outcome)
            self._usage(result.usage)

    def answers(self, answers: Sequence[Answer]) -> None:
        """Count the judge's answers to the questions of a client that verifies by itself."""
        self._usage(
            Usage(
                asked=len(answers),
                failed=sum(answer.score is None for answer in answers),
                prompt_tokens=sum(answer.prompt_tokens for answer in answers),
                cached_tokens=sum(answer.cached_tokens for answer in answers),
                completion_tokens=sum(answer.completion_tokens for answer in answers),
            )
        )

    def text(self) -> str:
        """Return all counters as Prometheus reads them."""
        lines = []
        for name, help_ in _HELP.items():
            lines += [f"# HELP {name} {help_}", f"# TYPE {name} counter"]
            for (counted, labels), value in sorted(self._values.items()):
                if counted == name:
                    given = ",".join(f'{label}="{text}"' for label, text in labels)
                    lines.append(f"{name}{{{given}}} {value}")
        return "\n".join(lines) + "\n"

    def _usage(self, usage: Usage) -> None:
        for fate in ("asked", "shared", "saved", "failed"):
            self._add("verif_judge_questions_total", getattr(usage, fate), fate=fate)
        for kind in ("prompt", "cached", "completion"):
            self._add("verif_judge_tokens_total", getattr(usage, f"{kind}_tokens"), kind=kind)

    def _add(self, name: str, value: float, **labels: str) -> None:
        self._values[name, tuple(labels.items())] += value  # type: ignore[assignment]  # seconds are not whole numbers
