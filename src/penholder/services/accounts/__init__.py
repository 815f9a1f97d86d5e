"""The tables of this room against the record: the register, what was submitted, what was published, links of forms.

An entry holds the digests of the rows that its act wrote. Entries from before they did prove nothing about their rows;
those rows are counted, and told apart from what does not hold.
"""

from __future__ import annotations

from penholder.record.findings import Broken
from penholder.services.accounts import links, publications, registers, submitted
from penholder.services.accounts.sides import Older


def examine() -> tuple[list[Broken], list[str]]:
    """Every row that is not as it was recorded, and in words what was written before the record held it.

    Some thirty queries, and the record; memory grows with a table, for submitted values with one submission.
    """
    older: Older = Older()
    broken = [
        *registers.differences(older),
        *submitted.differences(older),
        *publications.differences(older),
        *links.differences(older),
    ]
    return broken, older.words()


def differences() -> list[Broken]:
    """Every row that is not as it was recorded."""
    return examine()[0]
