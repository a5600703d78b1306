"""Every write of the register, one function per human intention."""

from maplebridge.places.register.actions.changes import CannotApplyChange, apply_change, changes_of

__all__ = ["CannotApplyChange", "apply_change", "changes_of"]
