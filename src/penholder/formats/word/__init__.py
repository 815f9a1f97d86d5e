"""A .docx that was sent round and came back: who changed and said what, and where, in the text as it was sent."""
