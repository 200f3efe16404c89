"""Small frames of counts that gates look at where the rows themselves would be too many or too personal."""
