"""Other people's formats, read into plain dataclasses: house folders, Govspeak, git, archives, Word and OpenDocument."""
