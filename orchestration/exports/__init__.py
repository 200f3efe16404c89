"""What marketers get: the contract, the files, the report. No dagster inside."""
