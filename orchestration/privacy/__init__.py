"""Forgetting and keeping people's data: erasing, access, retention, rotation, and the receipts of what was done."""
