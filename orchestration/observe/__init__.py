"""What runs leave for whoever watches them: log, last run's record, metrics, alerts. No run relies on any of it."""
