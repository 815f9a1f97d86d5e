"""What the public can read: editions of sealed iterations, their outputs, their lasting addresses, the site."""
