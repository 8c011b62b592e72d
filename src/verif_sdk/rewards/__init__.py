"""Reward functions in the shapes that trainers call, a file per framework.

Each maps the framework's call to cases and the results back; `Scorer` does the rest. A framework is
imported by nothing here: it hands its own objects over.
"""
