"""A second way to every figure of every export: SQL over a published generation, written from docs/exports.md.

Belongs here: one query an output (<output>.sql), what several of them share (shared/), the comparison, a command that
checks any workspace. Does not: which run is checked in the tests (tests/live/test_exports_against_marts.py), whether
the report says what the exports say (tests/report_figures.py), measuring: a measured figure is taken as it was kept,
in the unit and under the rule that the contract states.
"""
