"""Types made of other types."""
