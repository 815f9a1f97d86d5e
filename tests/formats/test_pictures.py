from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from penholder.formats.pictures import look_into
from penholder.formats.reading import Asset

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">'


def looked(path: str, data: bytes) -> tuple[Asset | None, str]:
    said = []
    good = look_into([Asset(path, data)], say=said.append)
    return (good[0] if good else None), " ".join(unread.what for unread in said)


def png(width: int = 4, height: int = 4) -> bytes:
    out = io.BytesIO()
    Image.new("1", (width, height)).save(out, "PNG")
    return out.getvalue()


def test_a_picture_gets_the_type_that_it_has_whatever_its_name_says():
    asset, said = looked("figures/map.jpg", png())
    assert (asset.media_type, said) == ("image/png", "")


def test_an_svg_that_only_draws_is_taken_in_to_the_byte():
    drawing = f'{HEAD}<title>A map</title><path d="M0 0h9" fill="url(#sea)"/><use href="#x"/></svg>'.encode()
    asset, said = looked("figures/map.svg", drawing)
    assert (asset.data, asset.media_type, said) == (drawing, "image/svg+xml", "")


@pytest.mark.parametrize(
    "part",
    [
        "<script>alert(1)</script>",
        "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'/></foreignObject>",
        "<image href='https://elsewhere.example/pixel.png'/>",
        "<style>@import 'https://elsewhere.example/a.css'</style>",
        "<rect onload='alert(1)' width='1'/>",
        "<rect style='fill:url(https://elsewhere.example)'/>",
        "<rect fill='url(https://elsewhere.example/x#y)'/>",
        "<rect fill='\\75rl(https://elsewhere.example)'/>",
        "<use xlink:href='data:image/svg+xml;base64,AAAA#x'/>",
        "<use href='https://elsewhere.example/a.svg#x'/>",
        "<a href='javascript:alert(1)'><text>x</text></a>",
        "<animate attributeName='href' values='javascript:alert(1)'/>",
        "<set attributeName='onmouseover' to='alert(1)'/>",
        "<g><g><script/></g></g>",
    ],
)
def test_what_runs_or_fetches_is_taken_out_of_an_svg_and_said(part):
    asset, said = looked("figures/bad.svg", f"{HEAD}{part}<path d='M0 0'/></svg>".encode())
    assert "taken out" in said
    text = asset.data.decode()
    assert "path" in text
    for word in ("script", "elsewhere", "javascript", "onload", "foreignObject", "data:", "animate"):
        assert word not in text


def test_an_instruction_to_the_reader_that_fetches_a_style_sheet_is_taken_out():
    asset, said = looked(
        "a.svg", b'<?xml-stylesheet href="https://elsewhere.example/a.css"?>' + f"{HEAD}</svg>".encode()
    )
    assert "taken out" in said
    assert b"elsewhere" not in asset.data


@pytest.mark.parametrize(
    ("path", "data", "says"),
    [
        ("a.svg", b"<!DOCTYPE svg [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]><svg>&b;</svg>", "cannot be read safely"),
        ("a.svg", b"<html xmlns='http://www.w3.org/1999/xhtml'/>", "begins with <html>"),
        ("a.svg", b"<svg", "cannot be read safely"),
        ("a.svg", HEAD.encode() + b"<g>" * 60_000 + b"</g>" * 60_000 + b"</svg>", "nested too deeply"),
        ("a.png", b"\x89PNG\r\n\x1a\nnot really", "not a whole PNG"),
        ("a.png", png()[:-20], "not a whole PNG"),
        ("a.html", b"<script>alert(1)</script>", "not a whole PNG"),
        ("a.mp4", b"<html>", "not such a film"),
        ("a.vtt", b"hello", "first line is not WEBVTT"),
        ("a.vtt", b"WEBVTT \xff", "not UTF-8"),
        ("a.png", png(8000, 8000), "8000 × 8000 pixels"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_left_out_with_the_reason(path, data, says):
    asset, said = looked(path, data)
    assert asset is None
    assert says in said


def test_captions_and_films_are_known_by_how_they_begin():
    assert looked("films/a.vtt", b"WEBVTT\n\n")[0].media_type == "text/vtt"
    assert looked("films/a.mp4", b"\0\0\0\x18ftypmp42")[0].media_type == "video/mp4"


@given(st.sampled_from(["a.svg", "a.png", "a.vtt", "a.mp4", "a"]), st.binary(max_size=200))
def test_no_bytes_make_it_fall_over(path, data):
    looked(path, data)
