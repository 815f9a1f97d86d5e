"""Settings, addresses and the server's entry: the only code that reads the environment."""
