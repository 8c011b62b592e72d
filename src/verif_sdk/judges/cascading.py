"""`cascade:`: a fast judge that passes doubtful cases to a slow one, each shared like any judge of a spec."""

from __future__ import annotations

from verif_sdk.judges.shared import resolve_spec
from verif_sdk.judges.spec import cascade_parts
from verif_sdk.judges.wrappers.cascade import CascadeJudge
from verif_sdk.question import Judge


def cascade(rest: str) -> Judge:
    """Return the judge for the part of a spec after `cascade:`.

    Raises:
        InvalidSpec: that part cannot be read.
    """
    fast, slow, numbers = cascade_parts(rest)
    return CascadeJudge(resolve_spec(fast), resolve_spec(slow), **numbers)  # type: ignore[arg-type]  # some are ints
