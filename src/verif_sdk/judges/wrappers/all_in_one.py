"""One question for all requirements of a response."""

from __future__ import annotations

from collections.abc import Sequence

from verif_sdk.judges import joint
from verif_sdk.judges.asking import ask
from verif_sdk.judges.prompt import all_in_one
from verif_sdk.judges.starting import start
from verif_sdk.question import TOKEN_COUNTS, YES_NO, Answer, Judge, Question


class AllInOneJudge:
    """Asks one question about all requirements of a response together: 1 if it meets them all, 0 if not.

    Source: VerIF (arXiv 2506.09942), whose judge gives one verdict on all soft constraints of a response. Every
    constraint gets that verdict, which does not say which one failed.

    Args:
        judge: the judge that answers, in one call per response.
    """

    shares_loop = True
    together = True
    """An answer depends on all questions about the response, so only cases with the same questions share it."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge

    async def start(self) -> None:
        """Start the judge that answers."""
        await start(self._judge)

    async def answer(self, questions: Sequence[Question]) -> list[Answer]:
        """Return one answer per question, in order; questions with answers other than yes and no are refused."""
        places = [
            [place for place in group if questions[place].answers == YES_NO] for group in joint.groups(questions)
        ]
        asked = [group for group in places if group]
        replies = await ask(self._judge, [all_in_one([questions[place] for place in group]) for group in asked])
        answers = [Answer(error="joint=all is for questions of yes and no")] * len(questions)
        for group, reply in zip(asked, replies, strict=True):
            choice = None if reply.score is None else "yes" if reply.score >= 0.5 else "no"
            verdict = {"choice": choice, "decided_by": f"all in one: {reply.decided_by}"}
            answers[group[0]] = reply.model_copy(update=verdict)
            for place in group[1:]:  # count the call's tokens once
                answers[place] = reply.model_copy(update={**verdict, **dict.fromkeys(TOKEN_COUNTS, 0)})
        return answers
