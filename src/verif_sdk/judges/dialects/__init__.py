"""Dialects: how published verifier models are asked, a file per model."""
