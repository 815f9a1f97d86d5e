"""A small government whose text can be agreed, as the tests of agreement have it."""

from tests.agreement.conftest import office, open_round, sealed  # noqa: F401
