"""Whether a cohort of early, socially active buyers moves some months before everybody else."""
