"""The one exception for "no": a sentence that a person can act on."""

import re


class Refused(Exception):
    """Refuse an action with a translated sentence.

    Subclasses are named ``CannotX`` and stand beside the action that raises them. The API answers 409 with
    ``{"refused": sentence, "code": "cannot_x"}``; pages show the sentence where the person is working.
    """

    status = 409

    def __init__(self, sentence: object) -> None:
        super().__init__(str(sentence))

    @property
    def sentence(self) -> str:
        """What is wrong and what to do next, in the reader's language."""
        return str(self.args[0])

    @property
    def code(self) -> str:
        """Machine-readable name: the class name in snake case."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", type(self).__name__).lower()


class NotAllowed(Refused):
    """The actor lacks the permission: answered 403."""

    status = 403


class NotFound(Refused):
    """No such record, or not visible to the actor: answered 404."""

    status = 404


class BadInput(Refused):
    """One field of the input is unusable: answered 422 with the field's name."""

    status = 422

    def __init__(self, field: str, sentence: object) -> None:
        super().__init__(sentence)
        self.field = field
