"""What services do, counted: journeys, funnels, formulas of figures, their intervals, comparisons.

A library without Django. Nothing here knows who asked or where the answer is shown. `journeys` says how attempts are
kept, `definitions` how figures are worked out, `judge` works every funnel out slowly and obviously, and `engines` does
it fast.
"""
