"""The shell of nanolift: configuration, connectors, the nightly job, exports and publishing."""
