"""Before launch: who or which stores take part, drawn by lot."""
