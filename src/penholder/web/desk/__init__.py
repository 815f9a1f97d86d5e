"""What officials work in: sign-in, what waits for them, rounds, remarks, delegation, publishing."""
