"""Tests of the drivers station."""
