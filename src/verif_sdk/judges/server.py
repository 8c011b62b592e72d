"""`server:`: the judge of a `verif serve`, for clients that share it."""

from __future__ import annotations

import os
from collections.abc import Sequence

from pydantic import ValidationError

from verif_sdk import event_loop
from verif_sdk.errors import InvalidSpec
from verif_sdk.judges.http import Client, Refused, require
from verif_sdk.judges.options import count, number
from verif_sdk.question import Answer, Question


class ServerJudge:
    """Sends questions to a reward server, which asks its own judge.

    Args:
        address: such as "http://judge:8500".
        concurrency: requests in flight at most.
        timeout: seconds for one try.
        retries: further tries after 429, 5xx or a broken connection; 0 for none.

    The token is that of the environment variable VERIF_SERVER_TOKEN.

    Raises:
        InvalidSpec: the address cannot be used, or an option is not a number above 0.
        MissingExtra: aiohttp is not installed.
    """

    shares_loop = True

    def __init__(
        self, address: str, *, concurrency: int | str = 64, timeout: float | str = 600, retries: int | str = 4
    ) -> None:
        if not address.startswith(("http://", "https://")):
            raise InvalidSpec(f"a server judge is 'server:http://host:port', got 'server:{address}'")
        require("server")
        self._address = address.rstrip("/")
        self._limits = int(number("concurrency", concurrency)), number("timeout", timeout)
        self._retries = count("retries", retries)

    async def answer(self, questions: Sequence[Question]) -> list[Answer]:
        """Return the server's answers; an answer that failed says why."""
        return await event_loop.at_home(self._answers(questions))

    async def _answers(self, questions: Sequence[Question]) -> list[Answer]:
        client = Client.shared(self._address, *self._limits, self._retries)
        body = {"questions": [question.model_dump() for question in questions]}
        try:
            reply = await client.post("/v1/judge", body, os.environ.get("VERIF_SERVER_TOKEN"))
            answers = [_answer(answer) for answer in reply["answers"]]
        except Refused as cause:
            return [Answer(error=str(cause))] * len(questions)
        except (KeyError, TypeError):
            error = f"{self._address} is not a reward server: its reply has no answers"
            return [Answer(error=error)] * len(questions)
        if len(answers) != len(questions):
            error = f"the server gave {len(answers)} answers to {len(questions)} questions"
            return [Answer(error=error)] * len(questions)
        return answers


def _answer(given: object) -> Answer:
    try:
        return Answer.model_validate(given)
    except ValidationError as error:
        return Answer(error=f"the server gave an answer that cannot be read: {error.errors()[0]['msg']}")
