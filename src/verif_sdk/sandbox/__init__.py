"""Runs programs that came with a data set, away from this process: see docs/explanation/sandbox.md.

`worker`, `program` and `seal` run inside the sandbox, where nothing but the standard library and this directory
exists; `protocol` is what both sides share. All else runs in our process.
"""
