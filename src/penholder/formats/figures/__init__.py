"""Spreadsheets of figures that people fill in: read with every fault told by its cell, and their template written.

`reading.read_figures` is the way in. Nothing is ever guessed: what can be read in two ways is refused with a question.
"""
