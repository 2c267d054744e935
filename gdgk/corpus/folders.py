"""A pack's folder: made beside the old one, put in its place when all is there, refused where it would do harm."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gdgk.corpus import manifest
from gdgk.errors import GdgkError
from gdgk.files import NEW, OLD, put_back_folder, take_place

LOCK = ".lock"
# What lies at the top of a pack, half made, whole or half taken away.
OWN = {
    LOCK,
    "panel",
    "by_year",
    "provenance",
    "tidy",
    "tidy_csv",
    "agencies.parquet",
    "checks.parquet",
    "corrections.parquet",
    "extra_rows.parquet",
    "dictionary.json",
    manifest.NAME,
}


@contextmanager
def made_beside(folder: Path) -> Iterator[Path]:
    """A folder beside a pack, which takes its place when all is done; what fails on the way leaves the pack as it was.

    Raises :class:`GdgkError` where another is being made, or what lies there is not a pack's.
    """
    import portalocker

    made = folder.with_name(f".{folder.name}{NEW}")
    if made.exists() and any(path.name not in OWN for path in made.iterdir()):
        raise GdgkError(f"{made}: found a folder that no pack left there; expected none; move it away")
    made.mkdir(parents=True, exist_ok=True)
    with open(made / LOCK, "a+b") as file:
        try:
            portalocker.lock(file, portalocker.LockFlags.EXCLUSIVE | portalocker.LockFlags.NON_BLOCKING)
        except portalocker.AlreadyLocked:
            raise GdgkError(
                f"{folder}: found another gdgk pack at work there; expected none; wait until it ends"
            ) from None
        clear(made)
        try:
            yield made
            (made / LOCK).unlink()
            take_place(made, folder)
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise


def clear(made: Path) -> None:
    """Empty a folder that a pack killed on the way has left, but for the lock that is held."""
    for path in made.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != LOCK:
            path.unlink()


def refuse(folder: Path, data: Path | None) -> None:
    """Raise :class:`GdgkError` for a folder that cannot become a pack: in the data, an address, something else.

    A pack that a kill left aside is put back first.
    """
    if "://" in str(folder) or str(folder).startswith(("s3:/", "https:/", "http:/")):
        raise GdgkError(f"-o {folder}: found an address; expected a folder; pack here and copy the folder there")
    aside = folder.with_name(f".{folder.name}{OLD}")
    if aside.exists() and any(path.name not in OWN for path in aside.iterdir()):
        raise GdgkError(f"{aside}: found a folder that no pack left there; expected none; move it away")
    put_back_folder(folder)
    own = folder.resolve()
    if data is not None and (own == data.resolve() or data.resolve() in own.parents):
        raise GdgkError(f"-o {folder}: found a folder in the data folder; expected one outside it; name another")
    if data is not None and own in data.resolve().parents:
        raise GdgkError(f"-o {folder}: found a folder that holds the data folder; expected another; name a new folder")
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise GdgkError(f"-o {folder}: found a file or a link; expected a new folder, or a pack; name another")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / manifest.NAME).is_file():
        raise GdgkError(
            f"-o {folder}: found a folder that is not a pack (no {manifest.NAME}); expected a pack, a new or an empty "
            "folder; name another"
        )


def link(old: Path, new: Path) -> None:
    """A file in a second place: the same on the disk where that can be, else a copy."""
    try:
        os.link(old, new)
    except OSError:
        shutil.copyfile(old, new)


def flush(path: Path) -> None:
    """See a file onto the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
