"""What was promised and by whom: principles, actions, who was asked, what each answered, and who is silent."""
