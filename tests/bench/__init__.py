"""Benchmarks: ours beside the usual way, in one run on one machine; figures are ratios, never limits of a test."""
