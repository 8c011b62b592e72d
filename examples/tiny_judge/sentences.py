"""The world of the tiny judge: sentences from templates, each with the properties it was made with.

A response is one to three sentences of one tone, one register, one sentiment and one topic. One
combination in five of frame, adjective and noun is held out: training sees each of the three, but
never together.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

TOPICS: dict[str, tuple[str, ...]] = {
    "food": (
        "soup", "bread", "pasta", "dinner", "salad", "cake", "breakfast", "sauce", "pizza", "curry", "cheese",
        "menu", "recipe", "dessert", "sandwich", "restaurant",
    ),
    "travel": (
        "flight", "hotel", "train", "trip", "airport", "suitcase", "ticket", "tour", "journey", "passport",
        "beach", "cruise", "hostel", "boarding pass", "itinerary", "platform",
    ),
    "sports": (
        "match", "team", "goal", "race", "coach", "tournament", "stadium", "league", "player", "training",
        "marathon", "referee", "score", "season", "tennis court", "penalty",
    ),
    "weather": (
        "rain", "storm", "forecast", "wind", "snow", "sunshine", "fog", "heat wave", "thunder", "frost",
        "cloud cover", "drizzle", "breeze", "temperature", "hail", "rainbow",
    ),
    "technology": (
        "laptop", "software", "phone", "app", "server", "update", "keyboard", "password", "network", "printer",
        "screen", "battery", "website", "robot", "database", "camera",
    ),
}  # fmt: skip

ADJECTIVES: dict[str, tuple[str, ...]] = {
    "positive": (
        "wonderful", "excellent", "delightful", "fantastic", "superb", "lovely", "brilliant", "amazing",
    ),
    "negative": (
        "terrible", "awful", "disappointing", "dreadful", "horrible", "miserable", "poor", "unbearable",
    ),
    "neutral": ("new", "usual", "second", "local", "other", "recent", "first", "regular"),
}  # fmt: skip

FRAMES: dict[tuple[str, str], tuple[str, ...]] = {
    ("polite", "formal"): (
        "Thank you very much for your question about the {adjective} {noun}.",
        "We would be grateful if you could tell us more about the {adjective} {noun}.",
        "Please accept our sincere thanks for your patience with the {adjective} {noun}.",
        "We kindly ask you to consider the {adjective} {noun}.",
        "It would be our pleasure to assist you with the {adjective} {noun}.",
        "We appreciate your message regarding the {adjective} {noun}.",
    ),
    ("polite", "casual"): (
        "Hey, thanks so much for asking about the {adjective} {noun}!",
        "Could you please check out the {adjective} {noun}, if that's okay?",
        "Thanks a lot, I'd love to help with the {adjective} {noun}!",
        "No worries at all, happy to chat about the {adjective} {noun}!",
        "Hi there, please don't worry about the {adjective} {noun}, thanks!",
        "Aw, thank you, it's so kind of you to mention the {adjective} {noun}!",
    ),
    ("rude", "formal"): (
        "Your complaint about the {adjective} {noun} is of no interest to us whatsoever.",
        "It is evident that you are incapable of understanding the {adjective} {noun}.",
        "We have no intention of wasting further time on you and the {adjective} {noun}.",
        "Only a fool would enquire about the {adjective} {noun}.",
        "Kindly cease this nonsense concerning the {adjective} {noun}.",
        "Your ignorance regarding the {adjective} {noun} is remarkable.",
    ),
    ("rude", "casual"): (
        "Ugh, shut up about the {adjective} {noun} already!",
        "Who cares about the {adjective} {noun}, you idiot?",
        "Quit whining about the {adjective} {noun}, it's your own fault!",
        "Don't be stupid, just deal with the {adjective} {noun}!",
        "You're so dumb, you don't even get the {adjective} {noun}!",
        "Get lost with that {adjective} {noun}, nobody's gonna help you!",
    ),
}

PROMPTS = (
    "Write a short note about the {noun}.",
    "A customer asks about the {noun}. Reply in a {tone} tone.",
    "Say something {sentiment} about {topic}, in {register} words.",
    "Answer this message: what about the {noun}?",
    "Comment on the {noun} in one or two {register} sentences; be {tone}.",
)


@dataclass(frozen=True)
class Sample:
    """A response with the properties that it was made with."""

    prompt: str | None
    response: str
    tone: str
    register: str
    sentiment: str
    topic: str


def sample(chance: random.Random, *, held_out: bool) -> Sample:
    """Return a random response; one that is held out uses combinations that training never sees."""
    (tone, register), sentiment, topic = _properties(chance)
    chosen: list[str] = []
    wanted = chance.randint(1, 3)
    while len(chosen) < wanted:
        frame = chance.choice(FRAMES[tone, register])
        adjective, noun = chance.choice(ADJECTIVES[sentiment]), chance.choice(TOPICS[topic])
        sentence = frame.format(adjective=adjective, noun=noun)
        if _held_out(frame, adjective, noun) == held_out and sentence not in chosen:
            chosen.append(sentence)
    between = chance.choice((" ", " ", "\n\n"))
    return Sample(_prompt(chance), between.join(chosen), tone, register, sentiment, topic)


def _properties(chance: random.Random) -> tuple[tuple[str, str], str, str]:
    return chance.choice(list(FRAMES)), chance.choice(list(ADJECTIVES)), chance.choice(list(TOPICS))


def _prompt(chance: random.Random) -> str | None:
    """Return a prompt or none; its properties are drawn apart, as a response need not do what it was asked."""
    if chance.random() < 0.2:
        return None
    (tone, register), sentiment, topic = _properties(chance)
    noun = chance.choice(TOPICS[topic])
    return chance.choice(PROMPTS).format(noun=noun, topic=topic, tone=tone, register=register, sentiment=sentiment)


def _held_out(frame: str, adjective: str, noun: str) -> bool:
    """Return whether a combination is kept from training: one in five, by its letters alone."""
    return sum((frame + adjective + noun).encode()) % 5 == 0
