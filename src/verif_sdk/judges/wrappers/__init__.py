"""Judges that wrap other judges: a cache, a calibration, a vote, one question for all, a cascade."""
