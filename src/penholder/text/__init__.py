"""Markdown as passages: canonical form, reading, comparison, lineage, HTML. Pure: no Django, no files, no clock."""
