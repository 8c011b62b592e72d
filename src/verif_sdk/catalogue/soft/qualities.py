"""What a person would have to judge: tone, style, content. Each asks one question of a judge."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from verif_sdk.constraint import Example, Judged
from verif_sdk.text import Text

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class Tone(Judged):
    """The response has a tone."""

    template = "Write in a {tone} tone."
    examples = (
        Example({"tone": "polite"}, accepts=("Thank you so much for waiting.",), rejects=("Stop whining.",)),
    )
    type: Literal["soft:tone"] = "soft:tone"
    tone: Words = Field(description='Such as "polite", "friendly" or "urgent".')


class Style(Judged):
    """The response is written in a style."""

    template = "Write in the style of {style}."
    examples = (
        Example(
            {"style": "a weather report"},
            accepts=("Rain from the west, clearing by noon; highs of 12.",),
            rejects=("Once upon a time there lived a king.",),
        ),
    )
    type: Literal["soft:style"] = "soft:style"
    style: Words = Field(description='Such as "a weather report" or "Hemingway".')


class Sentiment(Judged):
    """The response expresses a sentiment."""

    template = "Express a {sentiment} sentiment."
    examples = (
        Example({"sentiment": "positive"}, accepts=("I loved every minute.",), rejects=("A dull, sad evening.",)),
    )
    type: Literal["soft:sentiment"] = "soft:sentiment"
    sentiment: Literal["positive", "negative", "neutral", "mixed"]


class Audience(Judged):
    """The response suits an audience: its words, its depth, what it takes as known."""

    template = "Write for this audience: {audience}."
    examples = (
        Example(
            {"audience": "children of six"},
            accepts=("The moon is a big ball of rock. It goes round and round us.",),
            rejects=("The moon's orbital eccentricity is 0.0549.",),
        ),
    )
    type: Literal["soft:audience"] = "soft:audience"
    audience: Words


class Persona(Judged):
    """The response speaks as a persona, and stays in that role."""

    template = "Answer as this persona and stay in the role: {persona}."
    examples = (
        Example(
            {"persona": "a pirate captain"},
            accepts=("Arr, hoist the sails, ye scallywags!",),
            rejects=("As an AI model, I can describe sailing.",),
        ),
    )
    type: Literal["soft:persona"] = "soft:persona"
    persona: Words


class Topic(Judged):
    """The response is about a topic, and does not leave it."""

    template = "Write about {topic} and stay on that topic."
    examples = (
        Example(
            {"topic": "food"}, accepts=("The soup needs more salt.",), rejects=("The match ended in a draw.",)
        ),
    )
    type: Literal["soft:topic"] = "soft:topic"
    topic: Words


class Content(Judged):
    """The response says something, in whatever words."""

    template = "Make sure that the response says this, in any words: {content}"
    examples = (
        Example(
            {"content": "the shop is closed on Monday"},
            accepts=("We are open every day but Monday.",),
            rejects=("We are open every day.",),
        ),
    )
    type: Literal["soft:content"] = "soft:content"
    content: Words


class Register(Judged):
    """The response is in a register: how formal its language is."""

    template = "Use {level} language."
    examples = (
        Example(
            {"level": "formal"},
            accepts=("We regret to inform you of the delay.",),
            rejects=("hey, sorry, it's late lol",),
        ),
    )
    type: Literal["soft:register"] = "soft:register"
    level: Literal["formal", "neutral", "casual"]


class Relevance(Judged):
    """The response answers its prompt, rather than another question or none. The case needs a prompt."""

    template = "Answer what the prompt asks."
    examples = (
        Example(
            {},
            accepts=("The capital of Peru is Lima.",),
            rejects=("Peru has many mountains.",),
            prompt="What is the capital of Peru?",
        ),
    )
    type: Literal["soft:relevance"] = "soft:relevance"
    needs = "prompt"

    def question(self, text: Text) -> str:
        return "Does the response answer what its prompt asks, and not something else?"


class Agreement(Judged):
    """The response agrees with a reference answer in substance. The case needs a reference."""

    template = "Give an answer that agrees with the reference."
    examples = (
        Example({}, accepts=("It is Lima.",), rejects=("It is Cusco.",), reference="The capital of Peru is Lima."),
    )
    type: Literal["soft:agreement"] = "soft:agreement"
    needs = "reference"

    def question(self, text: Text) -> str:
        return "Does the response agree with the reference in substance, whatever its words?"


class Criterion(Judged):
    """The response meets a requirement in your own words."""

    template = "{criterion}"
    examples = (
        Example(
            {"criterion": "Use an analogy from cooking."},
            accepts=("Training a model is like baking bread: rush it and it falls.",),
            rejects=("Training a model takes time.",),
        ),
    )
    type: Literal["soft:criterion"] = "soft:criterion"
    criterion: Words


CONSTRAINTS = (
    Tone,
    Style,
    Sentiment,
    Audience,
    Persona,
    Topic,
    Content,
    Register,
    Relevance,
    Agreement,
    Criterion,
)
