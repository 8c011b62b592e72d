"""What the types share; no types in here."""
