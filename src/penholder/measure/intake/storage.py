"""Sealed files at an address besides the folder, S3-compatible storage for one: where other machines and engines read.

s3://bucket/path/CURRENT                 the list of files that readers get; written last, so it always holds
s3://bucket/path/journeys/month=202611/  files, never changed; deleted one list after they are listed no longer

The log and its sealing stay in the folder, which stays whole: a storage that is away keeps nothing from being taken in.
Credentials come from the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN) or from the machine.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import msgspec
from msgspec import Struct
from pyarrow import ArrowException
from pyarrow.fs import FileSelector, FileSystem, FileType

from penholder.errors import Refused
from penholder.measure.intake import manifests
from penholder.measure.intake.manifests import EVENTS, JOURNEYS, Manifest
from penholder.measure.intake.sealing import alone
from penholder.measure.intake.stocktakes import Stocktake
from penholder.measure.journeys import FILES

_PIECE = 8_000_000


class Listed(Struct, frozen=True):
    """What lies at the address: the manifest of the generation, its files, and those of the list before."""

    manifest: Manifest = Manifest()
    files: tuple[str, ...] = ()
    before: tuple[str, ...] = ()


class Storage:
    """A place at an address: `s3://bucket/path`, with `?region=…&scheme=http&endpoint_override=host:port` at need.

    Raises Refused, here and in what it does, when the address is none or the place cannot be reached.
    """

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self.address = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
        more = {name: told[-1] for name, told in parse_qs(parts.query).items()}
        host = more.get("endpoint_override", "")
        # Where engines find a file that speak HTTP and know nothing of our settings; empty for what s3:// means to all.
        self.endpoint = f"{more.get('scheme', 'https')}://{host}" if host else ""
        if parts.scheme != "s3" or not parts.netloc:
            raise Refused(f"{self.address} is no address of a storage. Say s3://bucket/path.")
        with _told(self.address):
            self.files, path = FileSystem.from_uri(address)
        self._path = path.rstrip("/")

    def listed(self) -> Listed:
        """What lies there; nothing where nothing was sent."""
        with _told(self.address):
            if self.files.get_file_info(f"{self._path}/CURRENT").type == FileType.NotFound:
                return Listed()
            with self.files.open_input_stream(f"{self._path}/CURRENT") as file:
                try:
                    return msgspec.json.decode(file.read(), type=Listed)
                except msgspec.MsgspecError as problem:
                    raise Refused(
                        f"{self.address}/CURRENT is damaged: {problem}. Delete it, and all is sent anew."
                    ) from problem

    def send(self, folder: Path, *, grace: bool = True) -> int:
        """Make it hold what is sealed in the folder. Returns how many files were sent.

        Without `grace`, what is not listed any more is deleted at once. Raises Refused when a newer state lies there.
        """
        with alone(folder / "sending.lock"):
            manifest = manifests.read(folder)
            there = self.listed()
            if there.manifest.generation > manifest.generation:
                raise Refused(
                    f"{self.address} holds generation {there.manifest.generation}, and this folder generation "
                    f"{manifest.generation}. If the folder was restored from a backup, delete {self.address}/CURRENT, "
                    "and all is sent anew; else two folders are sent to one address."
                )
            if there.manifest == manifest and grace:
                return 0
            with manifests.held(folder, manifest), _told(self.address):
                return self._send(folder, manifest, there, grace=grace)

    def _send(self, folder: Path, manifest: Manifest, there: Listed, *, grace: bool) -> int:
        place = manifests.generation(folder, manifest.generation)
        names = [str(file.relative_to(place)) for table in (EVENTS, JOURNEYS) for file in (place / table).glob(FILES)]
        known = {*there.files, *there.before}
        new = sorted(name for name in names if name not in known)
        for name in new:
            with (
                (place / name).open("rb") as ours,
                self.files.open_output_stream(f"{self._path}/{name}") as theirs,
            ):
                shutil.copyfileobj(ours, theirs, _PIECE)
        listed = Listed(manifest, tuple(sorted(names)), there.files if grace else ())
        with self.files.open_output_stream(f"{self._path}/CURRENT") as file:
            file.write(msgspec.json.encode(listed))
        for name in sorted(known.difference(listed.files, listed.before)):
            self.files.delete_file(f"{self._path}/{name}")
        return len(new)

    def stocktake(self) -> Stocktake:
        """The journeys that lie there: what is sealed, for the log is elsewhere."""
        there = self.listed()
        files = tuple(f"{self.address}/{name}" for name in there.files if name.startswith(f"{JOURNEYS}/"))
        return Stocktake(files, there.manifest.journeys, storage=self.files, endpoint=self.endpoint)

    def everything(self) -> list[str]:
        """The names of all objects that lie there, listed or not."""
        with _told(self.address):
            found = self.files.get_file_info(FileSelector(self._path, recursive=True, allow_not_found=True))
        return sorted(one.path.removeprefix(f"{self._path}/") for one in found if one.type == FileType.File)


@contextmanager
def _told(address: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ArrowException) as problem:
        raise Refused(
            f"The storage {address} cannot be used: {problem}. What is sealed lies in the folder still, and is sent "
            "with the next sealing."
        ) from problem
