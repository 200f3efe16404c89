"""What each campaign sold beyond what would have been sold, every sale counted once (docs/methods/ledger.md)."""
