"""Before launch: who is invited next (value under limits), who or which stores take part by lot."""
