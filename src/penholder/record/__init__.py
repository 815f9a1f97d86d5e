"""The append-only, hash-chained record of what was done. No foreign keys: actors and subjects are text."""
