"""The acknowledged, crash-safe intake of journey events: checked, deduplicated, written to a log, sealed into columns.

`decoding` and `checking` say what an event must be. `intake` writes what they let through and answers when it is on
disk. `sealing` turns the log into Parquet, `stocktakes` reads both. No database, no Django, no clock.
"""
