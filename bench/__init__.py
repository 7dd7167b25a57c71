"""Repeatable measures of speed and memory, each against a floor taken in the same run. `make bench` runs them."""
