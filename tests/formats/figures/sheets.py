"""Sheets of figures that tests make, and a register that they speak of."""

from __future__ import annotations

import io

import openpyxl

from penholder.errors import Refused
from penholder.formats.figures.catalogue import Catalogue, ListedService
from penholder.formats.figures.columns import Quantity
from penholder.formats.figures.numbers import Kind
from penholder.formats.figures.reading import read_figures

KINDS = {"digital": ("digital", "Digital"), "phone": ("phone", "Phone"), "post": ("post", "Post")}

CATALOGUE = Catalogue(
    (
        ListedService("renew-a-passport", "Renew a passport", ("Passport renewals",), KINDS),
        ListedService("register-to-vote", "Register to vote", (), KINDS),
        ListedService("carers-allowance", "Carer’s Allowance", (), {"digital": ("digital", "Digital")}),
        ListedService("tax-a", "Pay tax", (), {}),
        ListedService("tax-b", "Pay tax", (), {}),
    )
)
QUANTITIES = (
    Quantity("transactions", "Completed transactions", Kind.COUNT),
    Quantity("started", "Attempts started", Kind.COUNT),
    Quantity("completed", "Attempts completed", Kind.COUNT),
    Quantity("cost", "Cost", Kind.MONEY, by_channel=False),
    Quantity("completion-rate", "Completion rate, as given", Kind.SHARE),
)


def reading(data, name="figures.csv", quarters=None):
    data = data.encode() if isinstance(data, str) else data
    return read_figures(name, data, catalogue=CATALOGUE, quantities=QUANTITIES, quarters=quarters)


HEAD = ("Service", "Channel", "Period", "Completed transactions", "Cost")


def read_or_refused(data, name="figures.csv"):
    """What was read, or the reasons for which it was refused; anything else that is raised fails the test."""
    try:
        return reading(data, name)
    except Refused as refused:
        return refused.reasons


def book(*rows, head=HEAD, change=None):
    """A workbook with the usual head and these rows; `change` is called with it before it is saved."""
    made = openpyxl.Workbook()
    made.active.title = "Figures"
    made.active.append(head)
    for row in rows:
        made.active.append(row)
    if change:
        change(made)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def wrong(figures):
    """Errors: words by address."""
    return {fault.address: str(fault.told) for fault in figures.errors}


def noted(figures):
    """Notes: words by address."""
    return {fault.address: str(fault.told) for fault in figures.faults if fault not in figures.errors}


def values(figures):
    """(service, channel, period, quantity) → value."""
    return {
        (row.service, one.channel, one.period.words, one.quantity): one.value
        for row in figures.rows
        for one in row.given
    }
