"""How many different people a group of ambassadors reaches: exact from follower lists, estimated without."""
