"""`TYPES`: the registered types that this machine can decide; what the others need, they say themselves."""

from __future__ import annotations

import shutil
from importlib.util import find_spec

from verif_sdk import Registry, Text

TAGGED = "ifbench:words:start_verb"

TYPES = dict(Registry.installed().constraints)
if shutil.which("bwrap") is None:
    TYPES.pop("code:python")
if find_spec("yaml") is None:
    TYPES.pop("format:yaml")
if find_spec("jsonschema") is None:
    TYPES.pop("format:json")
if TAGGED in TYPES and TYPES[TAGGED].model_validate({}).decide(Text("Go")).error:
    TYPES.pop(TAGGED)  # NLTK's tagger is not here
