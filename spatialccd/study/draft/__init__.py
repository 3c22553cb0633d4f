"""A first study of a table: what its columns are is found out, the rest is guessed and said so."""

from spatialccd.study.draft.write import Draft, draft_study

__all__ = ["Draft", "draft_study"]
