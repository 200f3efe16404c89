"""One module a step of the data's way. An asset reads, calls, writes and reports; decisions are made elsewhere."""
