"""Who answers the soft questions: a file per backend, the prompt they share, and the wrappers around them."""
