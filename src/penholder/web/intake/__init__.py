"""The door for machines: services send what happens in their journeys, and get a receipt."""
