"""What a user wrote to values: JSON, and the options in a name such as `verinstruct?exact=true`."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from verif_sdk.errors import InvalidSpec


def from_json(text: str) -> Any:
    """Return the value of a JSON text.

    Raises:
        InvalidSpec: the text is not JSON, and the message gives line and column; or an object has a key twice.
    """
    try:
        return json.loads(text, object_pairs_hook=distinct)
    except InvalidSpec:
        raise
    except (ValueError, RecursionError) as error:
        raise InvalidSpec(f"not JSON: {error} in {text!r:.80}") from None


def distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the JSON object of these pairs, of which json alone would silently drop the first of two same keys.

    Raises:
        InvalidSpec: a key occurs twice.
    """
    made = dict(pairs)
    if len(made) < len(pairs):
        twice, _ = Counter(key for key, _ in pairs).most_common(1)[0]
        raise InvalidSpec(f"the key {twice!r} occurs twice in one object; remove one")
    return made


def options_in(query: str) -> dict[str, str]:
    """Return the options in `name=value&name=value`."""
    from urllib.parse import parse_qsl

    return dict(parse_qsl(query, keep_blank_values=True))
