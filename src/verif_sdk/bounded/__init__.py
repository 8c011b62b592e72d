"""Work whose cost the data decides, such as a pattern or a JSON Schema, under limits of time and memory.

`pool` runs in our process and `worker` in the child; `tasks` holds what a child can be asked to do.
"""

OUT_OF_MEMORY = 86
"""The exit status of a worker that reached its limit of memory."""
