"""What the journal page says of an entry: the sentence of the domain that wrote it, else the verb in words."""

from maplebridge.journal.models import Entry


def sentence_of(entry: Entry) -> str:
    """Say in the reader's language what an entry records."""
    return in_words(entry.verb)


def in_words(verb: str) -> str:
    """A verb without its domain and underscores: `people.user_enrolled` becomes `user enrolled`."""
    return verb.partition(".")[2].replace("_", " ")
