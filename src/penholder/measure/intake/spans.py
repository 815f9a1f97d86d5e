"""Spans of OpenTelemetry (OTLP, JSON) → events: those that name a step of a journey, and nothing else of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Struct, field

from penholder.errors import Refused
from penholder.measure.intake.decoding import Decoded, explained
from penholder.measure.intake.events import Event


class _Value(Struct):
    stringValue: str | None = None  # noqa: N815 - OTLP's own names
    boolValue: bool | None = None  # noqa: N815


class _Attribute(Struct):
    key: str
    value: _Value = field(default_factory=_Value)


class _Span(Struct):
    traceId: str  # noqa: N815
    spanId: str  # noqa: N815
    startTimeUnixNano: str | int  # noqa: N815
    attributes: list[_Attribute] = []


class _Scope(Struct):
    spans: list[_Span] = []


class _Resource(Struct):
    attributes: list[_Attribute] = []


class _ResourceSpans(Struct):
    resource: _Resource = field(default_factory=_Resource)
    scopeSpans: list[_Scope] = []  # noqa: N815


class _Export(Struct):
    resourceSpans: list[_ResourceSpans] = []  # noqa: N815


_DECODER = msgspec.json.Decoder(_Export)


def decode(body: bytes, service: str) -> Decoded:
    """Events of the spans that have the attribute `penholder.step`. Raises Refused when it is no OTLP in JSON."""
    try:
        export = _DECODER.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise Refused(
            f"This is not OTLP in JSON: {problem}. Set OTEL_EXPORTER_OTLP_PROTOCOL=http/json for the exporter."
        ) from problem
    read = Decoded([], [])
    places: list[int] = []
    for place, told in enumerate(_steps(export, service)):
        try:
            read.events.append(msgspec.convert(told, Event))
            places.append(place)
        except msgspec.ValidationError as problem:
            read.refusals.append(explained(place, str(problem)))
    read.places = places
    return read


def _steps(export: _Export, service: str) -> Iterator[dict[str, Any]]:
    for sender in export.resourceSpans:
        version = _told(sender.resource.attributes).get("service.version", "")
        for scope in sender.scopeSpans:
            for span in scope.spans:
                said = _told(span.attributes)
                if "penholder.step" in said:
                    yield _event(span, said, service, version)


def _event(span: _Span, said: dict[str, str | bool], service: str, version: str | bool) -> dict[str, Any]:
    data = {"step": said["penholder.step"], "release": said.get("penholder.release", version)}
    for name in ("channel", "bot"):
        if f"penholder.{name}" in said:
            data[name] = said[f"penholder.{name}"]
    return {
        "specversion": "1.0",
        "id": f"{span.traceId}-{span.spanId}",
        "source": f"{service}/spans",
        "type": "journey.step",
        "time": _moment(span.startTimeUnixNano),
        "subject": said.get("penholder.journey", span.traceId),
        "data": data,
    }


def _moment(nanoseconds: str | int) -> str:
    try:
        return datetime.fromtimestamp(int(nanoseconds) / 1e9, UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return ""  # refused with its field, as any other value that is no time


def _told(attributes: list[_Attribute]) -> dict[str, str | bool]:
    told: dict[str, str | bool] = {}
    for each in attributes:
        value = each.value.stringValue if each.value.boolValue is None else each.value.boolValue
        if value is not None:
            told[each.key] = value
    return told
