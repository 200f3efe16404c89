"""The HTML report: one page that opens from disk, without script, network or server."""
