"""The tiny judge's tokenizer: byte-level BPE over the questions it will read, with a ChatML template."""

from __future__ import annotations

import random

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from examples.tiny_judge.questions import labelled
from verif_sdk.judges.prompt import messages
from verif_sdk.judges.reading import spellings

SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
# Words with the space before them, digits one by one: the fences' hashes fall into few, known tokens.
PIECES = r"'s|'t|'re|'d|'ll|'m| ?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+|\s+"


def tokenizer(size: int = 1500) -> PreTrainedTokenizerFast:
    """Return a tokenizer of at most `size` tokens; "yes" and "no" are one each."""
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PIECES), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=SPECIAL,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    bpe.train_from_iterator(_corpus(), trainer)
    made: PreTrainedTokenizerFast = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=bpe, eos_token="<|im_end|>", pad_token="<|endoftext|>"
    )
    made.chat_template = CHAT_TEMPLATE
    return made


def _corpus() -> list[str]:
    chance = random.Random(1)
    read = [
        message["content"]
        for _ in range(500)
        for question, _ in labelled(chance, held_out=False)
        for message in messages(question)
    ]
    return read + [*spellings("yes"), *spellings("no")] * 100
