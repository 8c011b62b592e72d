"""The questions of the tiny judge: those that verif_sdk's own soft constraints ask, with their true answers."""

from __future__ import annotations

import random

from examples.tiny_judge.sentences import TOPICS, Sample, sample
from verif_sdk import Constraint, Question, Text
from verif_sdk.catalogue.soft.qualities import Register, Sentiment, Tone, Topic


def constraints(of: Sample) -> list[tuple[Constraint, bool]]:
    """Return every constraint that the judge is trained for, with whether the sample meets it."""
    return [
        (Tone(tone="polite"), of.tone == "polite"),
        (Tone(tone="rude"), of.tone == "rude"),
        (Register(level="formal"), of.register == "formal"),
        (Register(level="casual"), of.register == "casual"),
        (Sentiment(sentiment="positive"), of.sentiment == "positive"),
        (Sentiment(sentiment="negative"), of.sentiment == "negative"),
        (Sentiment(sentiment="neutral"), of.sentiment == "neutral"),
        *((Topic(topic=topic), of.topic == topic) for topic in TOPICS),
    ]


def labelled(chance: random.Random, *, held_out: bool) -> list[tuple[Question, bool]]:
    """Return eight questions about a random response, with their true answers: of each kind a yes and a no."""
    of = sample(chance, held_out=held_out)
    text = Text(of.response, prompt=of.prompt)
    by_kind: dict[tuple[str, bool], list[Constraint]] = {}
    for constraint, truth in constraints(of):
        by_kind.setdefault((constraint.type, truth), []).append(constraint)
    return [(chance.choice(alike).questions(text)[0], truth) for (_, truth), alike in sorted(by_kind.items())]
