"""The judge in this process: one vLLM engine, shared by all threads, event loops and batches."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from verif_sdk import event_loop
from verif_sdk.errors import InvalidSpec
from verif_sdk.judges import joint as joint_judging
from verif_sdk.judges.dialects import on_vllm
from verif_sdk.judges.dialects.asking import VOTING, Ask, Reply
from verif_sdk.judges.engine import Engine, engine
from verif_sdk.judges.engine_arguments import refuse_pieces, refuse_unknown
from verif_sdk.judges.launch import sampling
from verif_sdk.judges.options import converted, flag, number, share
from verif_sdk.judges.prompt import AFTER_TAGS, AFTER_THOUGHT, PROMPT_VERSION
from verif_sdk.judges.reading import LEAST_MASS, read
from verif_sdk.judges.starting import patiently
from verif_sdk.question import Answer, Question

_request = itertools.count()


class VllmJudge:
    """Answers questions with a model on vLLM.

    Args:
        model: a model name or a folder.
        reasoning: whether the model reasons in free text before its verdict is read.
        max_reasoning_tokens: where reasoning is cut off.
        joint: whether all questions about one response go into one call, answered by a JSON object that a
            grammar constrains. Fewer calls and tokens, and no probabilities: a score is that of the answer.
        sample: the seed of one of several samples of the reasoning, at temperature 0.7, for a vote; None
            reasons at temperature 0. Without reasoning there is nothing to sample.
        least_mass: the probability, in [0, 1], that the model must give to the listed answers together; below it
            the answer is undecided.
        engine_arguments: passed on to vLLM's `AsyncEngineArgs`, such as `max_model_len=8192`.

    Raises:
        MissingExtra: vllm is not installed.
        InvalidSpec: vLLM knows no such engine argument.
    """

    shares_loop = True
    writes = True
    clean = str  # what breaks control tokens here is the layout

    def __init__(
        self,
        model: str,
        *,
        reasoning: bool | str = False,
        max_reasoning_tokens: int | str = 1024,
        joint: bool | str = False,
        sample: int | None = None,
        least_mass: float | str = LEAST_MASS,
        **engine_arguments: Any,
    ) -> None:
        self.model = model
        self.reasoning = flag("reasoning", reasoning)
        self.max_reasoning_tokens = int(number("max_reasoning_tokens", max_reasoning_tokens))
        self.joint = flag("joint", joint)
        if self.joint and self.reasoning:
            raise InvalidSpec("judge 'vllm': joint and reasoning do not go together")
        self.sample = sample
        self.least_mass = share("least_mass", least_mass)
        if sample is not None and not self.reasoning:
            raise InvalidSpec(
                "votes: without reasoning=true a verdict is read from probabilities and is the same each time"
            )
        self.arguments = {"model": model, **{name: converted(value) for name, value in engine_arguments.items()}}
        with patiently(f"the judge vllm:{model}"):  # the first one imports vLLM
            refuse_unknown(engine_arguments)
        if sample is not None:
            refuse_pieces(self.arguments)

    def _made(self, running: Engine) -> str:
        """Return what reproduces a verdict: backend, model, revision, prompt version, reading and sampling."""
        reading = f"reasoning<={self.max_reasoning_tokens}" if self.reasoning else "one token"
        reading = "joint, JSON" if self.joint else reading
        sampling = "temperature 0" if self.sample is None else f"temperature {VOTING:g}, seed {self.sample}"
        return f"vllm:{self.model}{running.revision}; prompt {PROMPT_VERSION}; {reading}; {sampling}"

    async def start(self) -> None:
        """Start the engine.

        Raises:
            JudgeFailed: it cannot start.
        """
        await event_loop.at_home(engine(self.arguments))

    async def answer(self, questions: Sequence[Question]) -> list[Answer]:
        """Return one answer per question, in order; a failure is the answer's own error."""
        return await event_loop.at_home(self._answers(questions))

    async def replies(self, asks: Sequence[Ask]) -> list[Reply]:
        """Return one reply per ask, in order; a failure is the reply's own error."""
        return await event_loop.at_home(self._replies(asks))

    async def _replies(self, asks: Sequence[Ask]) -> list[Reply]:
        running = await engine(self.arguments)
        return list(await asyncio.gather(*(on_vllm.reply(running, self.model, ask, self._id()) for ask in asks)))

    async def _answers(self, questions: Sequence[Question]) -> list[Answer]:
        running = await engine(self.arguments)
        if self.joint:
            return await self._jointly(running, questions)
        return list(await asyncio.gather(*(self._one(running, question) for question in questions)))

    async def _one(self, running: Engine, question: Question) -> Answer:
        try:
            running.living()
            layout = running.reasoning_layout if self.reasoning else running.layout
            tokens, prompt = layout.answer_tokens(question), layout.prompt(question)
            thought = await self._reasoned(running, prompt) if self.reasoning else _Thought()
            ids = [*prompt, *thought.ids]
            running.fits(ids)
            output = await running.generate(ids, _one_token(tokens), self._id())
        except InvalidSpec as error:
            return Answer(error=str(error))
        except Exception as cause:  # noqa: BLE001  # any engine failure leaves this question undecided
            return Answer(error=running.failed(cause))
        (found,) = output.outputs[0].logprobs
        logprobs = {answer: [found[i].logprob for i in ids if i in found] for answer, ids in tokens.items()}
        return read(question, logprobs, self.least_mass).model_copy(
            update={
                "reasoning": thought.text,
                "decided_by": self._made(running),
                "prompt_tokens": len(ids),
                "cached_tokens": output.num_cached_tokens or 0,
                "completion_tokens": 1 + thought.tokens,
            }
        )

    async def _jointly(self, running: Engine, questions: Sequence[Question]) -> list[Answer]:
        """Return one answer per question, in order, from one call per response."""
        places = joint_judging.groups(questions)
        calls = [self._joint(running, [questions[place] for place in group]) for group in places]
        answers = await asyncio.gather(*calls)
        found = {
            place: answer
            for group, given in zip(places, answers, strict=True)
            for place, answer in zip(group, given, strict=True)
        }
        return [found[place] for place in range(len(questions))]

    async def _joint(self, running: Engine, questions: list[Question]) -> list[Answer]:
        """Return the answers to all questions about one response, from one call."""
        try:
            running.living()
            ids = running.layout.joint_prompt(questions)
            room = joint_judging.TOKENS * (len(questions) + 1)
            running.fits(ids, room=room)
            grammar = sampling().StructuredOutputsParams(regex=joint_judging.grammar(questions))
            params = sampling().SamplingParams(temperature=0.0, max_tokens=room, structured_outputs=grammar)
            output = await running.generate(ids, params, self._id())
        except InvalidSpec as error:
            return [Answer(error=str(error))] * len(questions)
        except Exception as cause:  # noqa: BLE001  # any engine failure leaves these questions undecided
            return [Answer(error=running.failed(cause))] * len(questions)
        written = output.outputs[0]
        first, *rest = joint_judging.read(questions, written.text)
        spent = {
            "prompt_tokens": len(ids),
            "cached_tokens": output.num_cached_tokens or 0,
            "completion_tokens": len(written.token_ids),
        }
        # The call is paid for once, by the first of its questions.
        made = {"decided_by": self._made(running)}
        return [first.model_copy(update={**made, **spent}), *(answer.model_copy(update=made) for answer in rest)]

    async def _reasoned(self, running: Engine, prompt: list[int]) -> _Thought:
        """Return the model's reasoning, closed by us, so that the verdict follows it and is not part of it."""
        running.fits(prompt, room=self.max_reasoning_tokens + 16)
        chance: dict[str, Any] = (
            {"temperature": 0.0} if self.sample is None else {"temperature": VOTING, "seed": self.sample}
        )
        params = sampling().SamplingParams(**chance, max_tokens=self.max_reasoning_tokens, stop=["</think>"])
        output = await running.generate(prompt, params, self._id())
        written = output.outputs[0]
        text = written.text.removeprefix("<think>").strip()
        layout = running.reasoning_layout
        closing = AFTER_TAGS if layout.thinks else AFTER_THOUGHT
        ids = layout.content(written.text) + layout.continued(closing)
        return _Thought(ids=ids, text=text, tokens=len(written.token_ids))

    def refuse_samples(self) -> None:
        """Refuse what a vote of this judge's samples would die of.

        Raises:
            InvalidSpec: the engine reads prompts in pieces, on a CPU.
        """
        refuse_pieces(self.arguments)

    def _id(self) -> str:
        return f"verif-{next(_request)}"


@dataclass(frozen=True)
class _Thought:
    """What the model wrote before its verdict: the ids that go before it, the text, its length in tokens."""

    ids: Sequence[int] = ()
    text: str = ""
    tokens: int = 0


def _one_token(tokens: dict[str, tuple[int, ...]]) -> Any:
    wanted = [token for ids in tokens.values() for token in ids]
    return sampling().SamplingParams(temperature=0.0, max_tokens=1, logprob_token_ids=wanted, detokenize=False)
