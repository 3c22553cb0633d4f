"""The whole harness: ``nice python -m tests.faults`` (an hour; ``--only inputs`` for a part)."""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.faults import runs
from tests.faults.cases import Case, cases
from tests.faults.doors import DOORS
from tests.faults.supervisor import Supervisor

#: MiB of the disks tried.
_DISKS = [0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5]
_PARTS = ("inputs", "kills", "stops", "pairs", "sizes", "disks")


def _of_folder(folder: Path, door: str) -> Iterator[Case]:
    """Yield a case for each file of a folder: inputs of your own."""
    for path in sorted(p for p in folder.iterdir() if p.is_file()):

        def make(target: Path, path: Path = path) -> None:
            (target / path.name).write_bytes(path.read_bytes())

        yield Case(door, "own", path.name, make, {"file": path.name})


def main() -> None:
    """Run the parts asked for; print tables and everything that is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=_PARTS, nargs="*", default=_PARTS)
    parser.add_argument("--damages", type=int, default=18, help="of each sound file, times 4")
    parser.add_argument("--part", default="1/1", help="of the inputs: 1/3, 2/3, 3/3 side by side")
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--pairs", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=12.0, help="a run takes, undisturbed")
    parser.add_argument("--folder", type=Path, help="try the files of this folder instead")
    parser.add_argument("--door", choices=list(DOORS), default="panel")
    asked = parser.parse_args()
    wrong = 0
    if asked.folder or "inputs" in asked.only:
        tried = list(_of_folder(asked.folder, asked.door) if asked.folder else cases(asked.damages))
        number, of = map(int, asked.part.split("/"))
        tried = tried[number - 1 :: of]
        random.Random(0).shuffle(tried)  # a run that is stopped has tried something of each kind
        with Supervisor() as supervisor:
            for number, case in enumerate(tried, start=1):
                supervisor.try_one(case)
                if number % 50 == 0:
                    print(
                        f"{number}/{len(tried)}: {len(supervisor.findings.wrong)} wrong", flush=True
                    )
        found = supervisor.findings
        print(found.table())
        print(f"outcomes: {dict(found.outcomes)}; peak {found.peak:.0f} MiB")
        wrong += len(found.wrong)
    with TemporaryDirectory() as name:
        folder = Path(name)
        of = {
            "kills": lambda: runs.kills(folder / "kills", asked.kills, asked.seconds),
            "stops": lambda: runs.stops(folder / "stops", asked.kills // 3, asked.seconds),
            "pairs": lambda: runs.pairs(folder / "pairs", asked.pairs),
            "sizes": lambda: runs.full_disks(folder / "sizes", [2**i for i in range(9, 19)]),
            "disks": lambda: runs.small_disks(folder / "disks", _DISKS),
        }  # fmt: skip
        for part in () if asked.folder else (p for p in of if p in asked.only):
            done = of[part]()
            print(f"{part}: {done.tried} tried, {len(done.wrong)} wrong", *done.wrong, sep="\n  ")
            wrong += len(done.wrong)
    raise SystemExit(min(wrong, 1))


if __name__ == "__main__":
    main()
