"""The formulas behind the definitions: counts go in, figures with their n, coverage and interval come out."""
