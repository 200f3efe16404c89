"""Pure functions of frames: features, learners, measurement, evaluation. No dagster, no duckdb, no files but models."""
