"""Contacts of a campaign weighted by published figures of trust, one figure beside the other."""
