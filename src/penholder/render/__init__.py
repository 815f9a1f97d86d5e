"""Sealed text and comparisons as bytes that people get: HTML, terminal, PDF. Bytes in, bytes out."""
