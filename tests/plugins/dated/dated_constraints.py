"""A plugin for a verif-sdk of long ago; it is not even imported."""

raise SystemExit("it was imported")
