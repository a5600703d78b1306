"""Compiled searches. Nothing here imports from outside: the cache knows them by this folder."""
