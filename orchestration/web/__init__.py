"""Dagster's UI behind a door: who may ask what (guard), the wrapper that asks it (door), the server (server).

Belongs here: everything between a browser and Dagster's own web application. Does not: starting processes for a
workspace (orchestration/ui.py), logins and TLS (deploy/).
"""
