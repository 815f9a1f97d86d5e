"""The door of co-editing: rooms in which people type in one draft at once, by WebSocket or by plain requests."""
