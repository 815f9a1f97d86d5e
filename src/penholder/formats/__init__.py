"""Other people's formats, read into plain dataclasses: house folders, Govspeak, git, archives, office files."""
