"""The register of services, what they submit, the figures worked out of it, and the publications that freeze them."""
