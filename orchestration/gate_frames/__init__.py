"""From a run's files to the small frames its gates look at: one file a gate, nothing judged here."""
