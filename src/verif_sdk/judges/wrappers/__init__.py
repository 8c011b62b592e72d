"""Judges made of judges: a cache, a calibration, a vote, one question for all, a cascade."""
