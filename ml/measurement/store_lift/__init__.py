"""What a campaign caused in stores or areas: estimators, placebo inference, diagnostics, power."""
