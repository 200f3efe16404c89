"""What really happened: effects of campaigns with design, interval and placebo."""
