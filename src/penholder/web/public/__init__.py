"""What readers get: the pages of the public site, written as files."""
