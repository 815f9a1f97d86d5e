from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest

from penholder import seal


def test_a_digest_is_what_sha256sum_says_of_the_file():
    assert seal.digest("£82 — naïve\n") == hashlib.sha256("£82 — naïve\n".encode()).hexdigest()


def test_a_digest_of_nothing_is_the_known_one():
    assert seal.digest("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_a_manifest_has_one_spelling_whatever_the_order_of_its_keys():
    one = {"b": [1, True, None, 1.0], "a": {"é": "£", "e": 10}}
    other = {"a": {"e": 10, "é": "£"}, "b": [1, True, None, 1]}
    assert (
        seal.manifest_bytes(one)
        == seal.manifest_bytes(other)
        == b'{"a":{"e":10,"\xc3\xa9":"\xc2\xa3"},"b":[1,true,null,1]}'
    )
    assert seal.seal(one) == seal.seal(other) == hashlib.sha256(seal.manifest_bytes(one)).hexdigest()


def test_keys_are_ordered_by_utf_16_as_rfc_8785_says():
    # U+1F600 is a pair of surrogates (D83D…) and goes before U+FB33, though its code point is higher.
    assert seal.manifest_bytes({"\ufb33": 1, "\U0001f600": 2}).decode() == '{"\U0001f600":2,"\ufb33":1}'


def test_one_altered_character_is_another_seal():
    assert seal.seal({"sections": ["a"]}) != seal.seal({"sections": ["b"]})


@pytest.mark.parametrize(
    "unsealable",
    [
        float("nan"),
        float("inf"),
        2**53,
        b"bytes",
        datetime(2012, 11, 6, tzinfo=UTC),
        {1: "a key that is no text"},
        {"half a pair": "\ud800"},
    ],
)
def test_what_json_has_no_one_spelling_for_is_refused(unsealable):
    with pytest.raises(ValueError, match="cannot be sealed"):
        seal.seal({"value": unsealable})
