"""A whole study from one file: read, run step by step, written out."""

from spatialccd.study.runner import run_study

__all__ = ["run_study"]
