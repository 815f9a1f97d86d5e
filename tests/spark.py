"""A Spark cluster for tests: a master, two workers and a Connect server, four programs on this machine.

Spark's programs come from the PyPI package that the lock file pins (`python3 tools/wheels.py spark`); `make test` names
their folder in PENHOLDER_SPARK, where there is a Java to run them.
"""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

# Two JVMs that start together on a busy machine take their time.
SECONDS_TO_START = 240
# A worker has one core, so that work is split; the least that Spark accepts is 450 MB.
WORKERS, MEMORY = 2, "600m"


@contextmanager
def cluster(programs: Path) -> Iterator[str]:
    """A running cluster; gives the address of its Connect server. All four programs end, come what may."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="spark-")))
        master, connect = free_port(), free_port()
        at = f"spark://127.0.0.1:{master}"
        environ = os.environ | {
            "SPARK_HOME": str(programs), "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOCAL_DIRS": str(folder / "local"),
            "SPARK_DAEMON_MEMORY": MEMORY,  # of the Connect server too, which counts as a daemon
        }  # fmt: skip

        def run(name: str, *words: object) -> subprocess.Popen:
            command = [programs / "bin" / "spark-class", f"org.apache.spark.deploy.{name}", *map(str, words)]
            log = stack.enter_context((folder / f"{name}.log").open("ab"))
            one = subprocess.Popen(command, env=environ, cwd=folder, stdout=log, stderr=log)
            stack.callback(end, one)
            return one

        started = run("master.Master", "--host", "127.0.0.1", "--port", master, "--webui-port", 0)
        wait_for(master, started, folder)
        for number in range(WORKERS):
            work = folder / f"worker-{number}"
            run("worker.Worker", "--host", "127.0.0.1", "--cores", 1, "--memory", MEMORY, "--webui-port", 0,
                "--work-dir", work, at)  # fmt: skip
        settings = {
            "spark.connect.grpc.binding.port": connect, "spark.driver.host": "127.0.0.1", "spark.ui.enabled": "false",
            "spark.executor.cores": 1, "spark.executor.memory": "500m", "spark.cores.max": WORKERS,
            # As many as there are cores; the default of 200 is for clusters of hundreds.
            "spark.sql.shuffle.partitions": WORKERS,
            # A query waits until both workers are there, so that both take part.
            "spark.scheduler.minRegisteredResourcesRatio": 1, "spark.scheduler.maxRegisteredResourcesWaitingTime": "60s",
        }  # fmt: skip
        words = [word for name, value in settings.items() for word in ("--conf", f"{name}={value}")]
        server = "org.apache.spark.sql.connect.service.SparkConnectServer"
        wait_for(connect, run("SparkSubmit", "--master", at, "--class", server, *words, "spark-internal"), folder)
        yield f"sc://127.0.0.1:{connect}"


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


def wait_for(port: int, started: subprocess.Popen, folder: Path) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until and started.poll() is None:
        with socket.socket() as door:
            if door.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    logs = "\n".join(log.read_text(errors="replace")[-2000:] for log in sorted(folder.glob("*.log")))
    raise RuntimeError(f"Spark did not listen on {port}:\n{logs}")


def end(one: subprocess.Popen) -> None:
    one.terminate()
    try:
        one.wait(timeout=20)
    except subprocess.TimeoutExpired:
        one.kill()
        one.wait()
