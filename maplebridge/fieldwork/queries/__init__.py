"""Reads of field work, by topic."""

from maplebridge.fieldwork.queries.forms import is_open, key_of, keys_of, offered_forms, own_submissions, version_sent

__all__ = ["is_open", "key_of", "keys_of", "offered_forms", "own_submissions", "version_sent"]
