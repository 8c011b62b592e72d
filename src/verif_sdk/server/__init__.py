"""The reward server: one judge, and so one engine, for all ranks and workers of a training run."""
