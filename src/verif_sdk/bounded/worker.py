"""The child: does one task after another, and is ended by the kernel in a task that takes too long.

It reads a line of JSON per task and writes one back; it ends when its input ends, as it does with its parent.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import warnings
from typing import Any

from verif_sdk.bounded import OUT_OF_MEMORY
from verif_sdk.bounded.tasks import TASKS


def main() -> None:
    """Answer tasks until the input ends. Arguments: seconds of processor time per task, bytes of memory in all."""
    seconds, memory = float(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    warnings.simplefilter("ignore")
    for line in sys.stdin.buffer:
        signal.setitimer(signal.ITIMER_PROF, seconds)  # SIGPROF ends the process, whatever C code it is in
        reply = json.dumps(_reply(line)).encode()
        signal.setitimer(signal.ITIMER_PROF, 0)
        sys.stdout.buffer.write(reply + b"\n")
        sys.stdout.buffer.flush()


def _reply(line: bytes) -> dict[str, Any]:
    try:
        name, arguments = json.loads(line)
        return {"result": TASKS[name](*arguments)}
    except ValueError as refusal:
        return {"refused": str(refusal)[:500]}
    except RecursionError:
        return {"refused": "it is nested too deeply"}
    except MemoryError:
        os._exit(OUT_OF_MEMORY)  # what is left of the heap may be in pieces
