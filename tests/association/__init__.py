"""Tests of the association station."""
