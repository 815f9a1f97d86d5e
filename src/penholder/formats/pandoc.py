"""The pandoc program that comes with pypandoc: run apart, in its sandbox, with limits on time, memory and output."""

from __future__ import annotations

import json
import resource
import subprocess
from collections.abc import Sequence
from typing import Any

import pypandoc

from penholder.errors import Refused

# The longest real document tried (400 pages) takes 6 seconds and 400 MB. Whatever needs more is broken or hostile.
SECONDS = 60
MEMORY = 2_000_000_000
MOST_OUTPUT = 50_000_000


def to_tree(data: bytes, kind: str, *, name: str) -> dict[str, Any]:
    """A document of `kind` ("docx", "odt") as pandoc's tree. Refuses what is broken, calling it `name`."""
    output = _run(["--from", kind, "--to", "json"], data, name)
    try:
        tree: dict[str, Any] = json.loads(output)
    except (ValueError, RecursionError) as fault:
        raise Refused(f"{name} is nested too deeply to be read.") from fault
    return tree


def to_markdown(tree: dict[str, Any], *, name: str) -> str:
    """A tree as CommonMark with pipe tables, footnotes, definition lists and attributes."""
    try:
        data = json.dumps(tree).encode("utf-8", "replace")
    except RecursionError as fault:
        raise Refused(f"{name} is nested too deeply to be read.") from fault
    dialect = "commonmark+pipe_tables+footnotes+definition_lists+attributes"
    return _run(["--from", "json", "--to", dialect, "--wrap", "none"], data, name).decode("utf-8")


def to_odt(page: str, *, name: str) -> bytes:
    """A page of HTML as an OpenDocument text, with its headings and tables."""
    return _run(["--from", "html", "--to", "odt", "--output", "-"], page.encode(), name)


def _run(options: Sequence[str], data: bytes, name: str) -> bytes:
    command = [pypandoc.get_pandoc_path(), "+RTS", "-M1500m", "-RTS", "--sandbox", *options]
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, timeout=SECONDS, check=False, preexec_fn=_limit, env={}
        )
    except subprocess.TimeoutExpired as fault:
        raise Refused(f"{name} took longer than {SECONDS} seconds to read and was given up.") from fault
    except OSError as fault:
        raise Refused(f"pandoc could not be started ({fault.strerror}). Install Penholder's packages again.") from fault
    if done.returncode or len(done.stdout) > MOST_OUTPUT:
        said = " ".join(done.stderr.decode("utf-8", "replace").split())[:200]
        reason = f" (pandoc: {said})" if said else ""
        raise Refused(f"{name} could not be read: it is damaged or too large{reason}. Save it again and retry.")
    return done.stdout


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it writes to its pipe and to no file
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
