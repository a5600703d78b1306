"""A named reader of the journal: remembers how far it has read, in the database."""

from django.db import transaction

from maplebridge.journal.act import turn
from maplebridge.journal.models import Cursor, Entry
from maplebridge.journal.queries import last_position


class Reader:
    """One reader. A new one begins at the journal's present end: what happened before is not its business."""

    def __init__(self, name: str) -> None:
        self.name = name

    def position(self) -> int:
        """How far it has read."""
        known = Cursor.objects.filter(pk=self.name).values_list("position", flat=True).first()
        if known is not None:
            return known
        position = last_position()
        self.move_to(position)
        return position

    def unread(self, verb: str = "", *, limit: int = 200) -> list[Entry]:
        """Entries beyond its cursor, oldest first; of one verb alone, or of all."""
        entries = Entry.objects.after(self.position())
        return list((entries.filter(verb=verb) if verb else entries)[:limit])

    def move_to(self, position: int) -> None:
        """Remember that everything up to the position is read."""
        with turn(), transaction.atomic():
            if not Cursor.objects.filter(pk=self.name).update(position=position):
                Cursor.objects.create(pk=self.name, position=position)
