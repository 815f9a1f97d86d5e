"""The settings under which tests run: Penholder's own, in a home that is thrown away, with templates that can be counted."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from contextlib import ExitStack

from tests import postgresql

# Before anything else: no test may touch the instance in ./home. Programs that a test starts inherit it.
os.environ["PENHOLDER_HOME"] = tempfile.mkdtemp(prefix="penholder-tests-")
# Tests sign in as chair with a password alone, but for those that say otherwise.
os.environ["PENHOLDER_SECOND_FACTOR"] = "none"
atexit.register(shutil.rmtree, os.environ["PENHOLDER_HOME"], ignore_errors=True)

# The first process starts the server; those that pytest starts beside it find its address here.
if os.environ.get("PENHOLDER_TESTS_ON") == "postgresql" and "DATABASE_URL" not in os.environ:
    stack = ExitStack()
    os.environ["DATABASE_URL"] = stack.enter_context(postgresql.server())
    atexit.register(stack.close)

from penholder.config.settings import *  # noqa: E402, F403
from penholder.config.settings import TEMPLATES  # noqa: E402

# The programs get the settings that readers get.
os.environ["DJANGO_SETTINGS_MODULE"] = "penholder.config.settings"

# Coverage of templates needs to know from which line each node came.
for engine in TEMPLATES:
    engine["OPTIONS"]["debug"] = True
