"""Files of rows: read, scored, benchmarked, calibrated and checked, as the command line does it."""
