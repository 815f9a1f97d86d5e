"""Cost per transaction, from cost lines that say how much of each belongs to the service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from penholder.errors import Refused
from penholder.measure.definitions import COST_PER_TRANSACTION
from penholder.measure.figures import Coverage, Figure
from penholder.measure.values import Absence


@dataclass(frozen=True)
class CostLine:
    """One line of cost in pounds. `key` names how it was allocated, `allocated` is the service's share of it.

    A line that is left out says why in `excluded`; it stays in the list, so that readers see what was not counted.
    """

    name: str
    pounds: Decimal
    key: str
    allocated: Decimal = Decimal(1)
    excluded: str = ""


@dataclass(frozen=True)
class Cost:
    """The cost of a service in a period. `transactions` is None where the volume was not provided."""

    lines: tuple[CostLine, ...]
    transactions: int | None

    def __post_init__(self) -> None:
        if reasons := objections_to_costs(self.lines, self.transactions):
            raise Refused(reasons)

    @property
    def total(self) -> Decimal:
        """Pounds that count."""
        return sum((line.pounds * line.allocated for line in self.lines if not line.excluded), Decimal(0))

    def figure(self, *, provenance: tuple[str, ...] = ()) -> Figure:
        """Pounds per completed transaction; coverage counts the lines. Costs are no sample: no interval."""
        coverage = Coverage(sum(1 for line in self.lines if not line.excluded), len(self.lines))
        if self.transactions is None or not coverage.had:
            return Figure(COST_PER_TRANSACTION, Absence.NOT_PROVIDED, 0, coverage, None, provenance)
        if self.transactions == 0:
            return Figure(COST_PER_TRANSACTION, Absence.NOT_APPLICABLE, 0, coverage, None, provenance)
        value = float(self.total / self.transactions)
        return Figure(COST_PER_TRANSACTION, value, self.transactions, coverage, None, provenance)


def objections_to_costs(lines: Sequence[CostLine], transactions: int | None) -> list[str]:
    """Every reason why these lines give no cost per transaction; empty means that they do."""
    reasons = []
    if transactions is not None and transactions < 0:
        reasons.append(f"A count of transactions cannot be negative: {transactions}.")
    for line in lines:
        if line.pounds < 0:
            reasons.append(f"“{line.name}” costs {line.pounds} pounds; give income as an exclusion, with its reason.")
        if not 0 <= line.allocated <= 1:
            reasons.append(f"“{line.name}” gives {line.allocated} of itself to this service; use a share from 0 to 1.")
        if not line.key.strip():
            reasons.append(f"“{line.name}” does not say by which key it was allocated; “all of it” is one.")
    return reasons
