"""Benchmarks: what this costs beside others, run by `./dev bench`; never part of the tests."""
