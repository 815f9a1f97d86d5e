"""The dialect of the 2012 strategy: kramdown with Govspeak's marks and the marks that its own site generator knew.

Bytes become `lines`, `includes` put partials in place, `blocks` makes a tree of it, `writer` makes house Markdown of
the tree, `departments` finds the answers, and `folder` puts the reading together.
"""

from __future__ import annotations

from penholder.formats.govspeak.folder import looks_like, read_folder

__all__ = ["looks_like", "read_folder"]
