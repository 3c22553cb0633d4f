"""A PostGIS server of the test's own, made from Debian's packages, in a temporary folder."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PASSWORD = "s3cr3t:w/rd"
QUOTED = "s3cr3t%3Aw%2Frd"


def missing() -> str:
    """Say what is lacking for a server; nothing where all is there."""
    if not _programs():
        return "no PostgreSQL server is installed: apt-get install postgresql postgis"
    extensions = Path("/usr/share/postgresql").glob("*/extension/postgis.control")
    if not list(extensions):
        return "PostGIS is not installed: apt-get install postgresql-15-postgis-3"
    if os.geteuid() == 0 and "postgres" not in {user.pw_name for user in pwd.getpwall()}:
        return "the server does not run as root, and there is no user postgres"
    return ""


def _programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@contextmanager
def running() -> Iterator[str]:
    """Start a server on a free port of this machine, and give the URL of an empty database."""
    programs = _programs()
    assert programs is not None
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    owner = {}
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
        owner = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    secret = folder / "secret"
    secret.write_text(PASSWORD)
    secret.chmod(0o644)

    def run(*command: str) -> None:
        subprocess.run(
            [str(programs / command[0]), *command[1:]],
            check=True,
            capture_output=True,
            cwd=folder,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C", "PGPASSWORD": PASSWORD},
            **owner,  # type: ignore[call-overload]
        )

    data = str(folder / "data")
    try:
        run(
            "initdb",
            "-D",
            data,
            "-U",
            "ann",
            "-A",
            "scram-sha-256",
            f"--pwfile={secret}",
            "-N",
            "-E",
            "UTF8",
        )
        options = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder} -c fsync=off"
        run("pg_ctl", "-D", data, "-w", "-o", options, "-l", str(folder / "log"), "start")
        try:
            psql = ("psql", "-h", "127.0.0.1", "-p", str(port), "-U", "ann", "-d")
            run(*psql, "postgres", "-c", "CREATE DATABASE study")
            run(*psql, "study", "-c", "CREATE EXTENSION postgis")
            yield f"postgresql://ann:{QUOTED}@127.0.0.1:{port}/study"
        finally:
            run("pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
