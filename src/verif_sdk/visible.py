"""Text of strangers is shown, never obeyed: what a terminal or a log would act on is written out as an escape.

Control characters move a terminal's cursor, change its title, or begin what looks like a new line of a log; those
of writing direction make a line read as another. Everything that prints or logs text of a row, a response or a
model goes through here.
"""

from __future__ import annotations

import logging
import re

_OBEYED = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def visible(text: str) -> str:
    r"""Return `text` on one line, with an escape such as \x1b for each character that would be obeyed."""
    return _OBEYED.sub(lambda found: repr(found[0])[1:-1], text)


def visible_json(text: str) -> str:
    """Return a JSON text that means the same, with escapes in its strings; its own line breaks stay."""
    return _OBEYED.sub(lambda found: "\n" if found[0] == "\n" else f"\\u{ord(found[0]):04x}", text)


def logger(name: str) -> logging.Logger:
    """Return the logger called `name`; what it logs is visible, tracebacks included."""
    own = logging.getLogger(name)
    if _filter not in own.filters:
        own.addFilter(_filter)
    return own


class _Visible(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = visible(record.getMessage()), ()
        if record.exc_info:
            lines = logging.Formatter().formatException(record.exc_info).split("\n")
            record.exc_text = "\n".join(map(visible, lines))
        return True


_filter = _Visible()
