"""Agreement: rounds on one sealed iteration, what each post answers, conditions and remarks, and clearance."""
