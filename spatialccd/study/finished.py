"""``load_study``: the results of a run that is finished, as Python has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spatialccd.errors import ParameterError, SavedFileError, did_you_mean, listed
from spatialccd.saved import files
from spatialccd.study import store
from spatialccd.study.folder import MANIFEST, Folder

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd


class FinishedStudy(Mapping[str, Any]):
    """The results of a study by the names of its steps, in their order.

    Attributes
    ----------
    title : str
        Of the study.
    panel : DataFrame
        The data as the steps had them: joined, gaps filled.
    areas : GeoDataFrame or None
        The joined areas; None for a study without any.
    warnings : list of dict
        What the run warned of: "step" and "message".
    manifest : mapping
        As the run wrote it: versions, seed, hashes, settings.
    """

    def __init__(
        self,
        results: Mapping[str, Any],
        panel: pd.DataFrame,
        areas: gpd.GeoDataFrame | None,
        manifest: Mapping[str, Any],
    ) -> None:
        self._results = dict(results)
        self.panel = panel
        self.areas = areas
        self.manifest = manifest

    @property
    def title(self) -> str:
        """The study's title."""
        return str(self.manifest["title"])

    @property
    def warnings(self) -> list[dict[str, str]]:
        """What the run warned of."""
        return list(self.manifest["warnings"])

    def __getitem__(self, name: str) -> Any:
        """Give what a step gave; the message of the error names the nearest step."""
        if name not in self._results:
            hint = did_you_mean(name, self) or f"; there are {listed(list(self))}"
            raise KeyError(f"no step is called {name!r}{hint}")
        return self._results[name]

    def __iter__(self) -> Iterator[str]:
        """Go through the names of the steps."""
        return iter(self._results)

    def __len__(self) -> int:
        """Count the steps."""
        return len(self._results)

    def __repr__(self) -> str:
        """Name the study and list its steps."""
        lines = [f"  {name}: {type(result).__name__}" for name, result in self.items()]
        return "\n".join([f"<FinishedStudy: {self.title}>", *lines])


def load_study(path: str | Path) -> FinishedStudy:
    """Give back the results of a study that was run: no step is computed again.

    Parameters
    ----------
    path : str or Path
        The folder that ``spatialccd run`` or a study was written to (by default
        ``results`` beside the study.toml), with its ``manifest.json`` and the
        folder ``.steps`` of what its steps gave.

    Returns
    -------
    FinishedStudy
        A mapping of the study's steps by name, in their order, to the results
        that their functions returned; ``panel`` and ``areas`` hold the joined
        data, ``warnings`` and ``manifest`` what the run noted. Maps and charts
        come as the pictures that were drawn, with the numbers behind them.

    Raises
    ------
    ParameterError
        The folder holds no finished study.
    SavedFileError
        What a step gave is missing, damaged or of another version; every such
        step is named. Run the study again: only these are redone.

    Notes
    -----
    Not for what is not a study: `load` reads single results.

    Examples
    --------
    >>> import tempfile
    >>> load_study(tempfile.mkdtemp())
    Traceback (most recent call last):
        ...
    spatialccd.errors.ParameterError: ... no manifest.json ...
    """
    folder = Folder(_find(Path(path)))
    manifest = folder.before
    if "ground" not in manifest:
        raise ParameterError(
            f"{folder.path / MANIFEST} is not that of a finished run of this version; run the "
            "study again"
        )
    keys = {step["name"]: step["key"] for step in manifest["steps"]}
    kept, problems = _read({"panel": manifest["ground"], **keys}, store.Store(folder.steps))
    if problems:
        raise SavedFileError(f"run the study again; {'; '.join(problems)}")
    ground = kept.pop("panel")
    return FinishedStudy({**ground["results"], **kept}, ground["panel"], ground["areas"], manifest)


def _find(path: Path) -> Path:
    """Find the folder with the manifest; say where one is, should another be meant."""
    if path.name == MANIFEST:
        path = path.parent
    if (path / MANIFEST).is_file():
        return path
    beside = path if path.is_dir() else path.parent
    near = sorted(str(found.parent) for found in beside.glob(f"*/{MANIFEST}"))
    hint = f"; did you mean {listed(near)}?" if near else "; run the study first"
    raise ParameterError(f"{path} holds no {MANIFEST} of a finished study{hint}")


def _read(keys: Mapping[str, str], kept: store.Store) -> tuple[dict[str, Any], list[str]]:
    """Read what each step gave; collect why it cannot be."""
    found, problems = {}, []
    for name, key in keys.items():
        try:
            found[name] = files.read(kept.path(key), limit=store.LIMIT, key=key)["result"]
        except SavedFileError as error:
            problems.append(f"[{name}] {error}")
    return found, problems
