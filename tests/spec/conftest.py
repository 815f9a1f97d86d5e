from __future__ import annotations

import itertools
import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer
from pyarrow.fs import S3FileSystem
from tests import clickhouse as clickhouse_door
from tests import spark as spark_cluster
from tests.spark import free_port

from penholder.measure.engines import ChDB, ClickHouseServer, DuckDB, Spark
from penholder.measure.engines.asking import SqlEngine
from penholder.measure.journey_definitions import JourneyDefinition
from penholder.measure.journeys import Event
from penholder.measure.questions import Engine
from penholder.measure.tables import gather, write

# Builds an engine over events, whatever order they are in, sealed as the table is sealed.
Opening = Callable[[list[Event], tuple[JourneyDefinition, ...]], Engine]


@pytest.fixture(scope="session")
def main_has_a_file() -> Iterator[None]:
    """A program that was sent to a worker of xdist has no file; the client of Spark takes such a one for its doctests."""
    main = sys.modules["__main__"]
    if hasattr(main, "__file__"):
        yield
        return
    main.__file__ = __file__
    yield
    del main.__file__


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """A server that speaks S3, at host:port. Its credentials come from the environment, as anybody's do."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    with pytest.MonkeyPatch.context() as told:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            told.setenv(name, "penholder")
        address = "{}:{}".format(*server.get_host_and_port())
        made = S3FileSystem(endpoint_override=address, scheme="http", region="eu-west-2", allow_bucket_creation=True)
        made.create_dir("penholder")
        yield address
    server.stop()


@pytest.fixture(scope="session")
def sail(main_has_a_file, s3) -> Iterator[str]:
    """A cluster of a driver and two workers that speak to each other over the network; it ends with the tests."""
    port = free_port()
    cluster = subprocess.Popen(
        [Path(sys.executable).with_name("sail"), "spark", "server", "--port", str(port)],
        env={
            **os.environ,
            "SAIL_MODE": "local-cluster",
            "SAIL_CLUSTER__WORKER_INITIAL_COUNT": "2",
            "SAIL_CLUSTER__WORKER_MAX_COUNT": "2",
            "AWS_ENDPOINT": f"http://{s3}",
            "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": "eu-west-2",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(300):
            with socket.socket() as door:
                if door.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        else:
            pytest.fail("the cluster did not start within 30 seconds")
        yield f"sc://127.0.0.1:{port}"
    finally:
        cluster.terminate()
        cluster.wait(timeout=20)


@pytest.fixture(scope="session")
def spark(main_has_a_file) -> Iterator[str]:
    """The cluster that SPARK_REMOTE names, or one of Spark's own: a master and two workers; it ends with the tests."""
    if remote := os.environ.get("SPARK_REMOTE", ""):
        yield remote
        return
    if not (programs := os.environ.get("PENHOLDER_SPARK", "")):
        pytest.skip("SPARK_REMOTE names no cluster, and PENHOLDER_SPARK no programs to start one")
    with spark_cluster.cluster(Path(programs)) as remote:
        yield remote


@pytest.fixture(scope="session")
def clickhouse() -> Iterator[str]:
    """The server that CLICKHOUSE_URL names, or ClickHouse's own engine behind a door of ours."""
    if url := os.environ.get("CLICKHOUSE_URL", ""):
        yield url
        return
    with clickhouse_door.server() as url:
        yield url


@pytest.fixture(scope="module", params=["duckdb", "chdb", "clickhouse", "sail", "spark"])
def opening(request, tmp_path_factory) -> Iterator[Opening]:
    """Each engine in turn."""
    folder = tmp_path_factory.mktemp("journeys")
    files = (folder / f"journeys-{number}.parquet" for number in itertools.count())
    engine: SqlEngine
    match request.param:
        case "duckdb":
            engine = DuckDB([])
        case "chdb":
            engine = ChDB([])
        case "sail":
            engine = Spark([], remote=request.getfixturevalue("sail"))
        case "clickhouse":
            engine = ClickHouseServer([], url=request.getfixturevalue("clickhouse"))
        case "spark":
            engine = Spark([], remote=request.getfixturevalue("spark"))

    def over(events: list[Event], definitions: tuple[JourneyDefinition, ...]) -> Engine:
        file = next(files)
        write(gather(events, {drawn.service: drawn for drawn in definitions}), file)
        engine.over([str(file)])
        return engine

    yield over
    engine.close()
