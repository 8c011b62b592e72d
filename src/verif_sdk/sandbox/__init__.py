"""Runs programs that came with a data set, away from this process: see docs/explanation/sandbox.md.

`pool` and `command` run in our process; `worker`, `program` and `filter` run inside the sandbox, where
nothing but the standard library and this directory exists. `protocol` is what both sides share.
"""
