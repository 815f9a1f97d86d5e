"""Documents while they are written, and what is sealed of them: sections, iterations, passages, media."""
