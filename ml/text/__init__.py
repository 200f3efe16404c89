"""What texts say: scrubbing, language, sentiment, moments, kinds, duplicates. Polars in, Polars out."""
