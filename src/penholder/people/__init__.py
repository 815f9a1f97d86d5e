"""People and the bodies they answer for: organisations with every name they go by, and the posts in them."""
