"""The 25 instructions of IFEval, a file per theme."""
