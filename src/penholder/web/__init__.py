"""All HTTP, and the pages that readers get. No rules live here."""
