"""What the converter of forms says of a spreadsheet, in our words: short, in the language in use, with what to do.

pyxform speaks English, and gives most of its faults as text alone, so they are known by their text. What is not known
here is shown as it came.
"""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_VALIDATE = re.compile(
    r"^ODK Validate Errors:\s*(?:>> XForm is invalid\.)?[\s:>]*|\s*The following files failed validation:.*$", re.DOTALL
)

# a fault by its text, and what is said instead, of the named parts of that text
_SAID: tuple[tuple[str, Promise | str], ...] = (
    (r"Unknown question type '(?P<word>.*)'", _(
        "“%(word)s” is no type of question. Write one such as text, integer, date, image or select_one LIST.")),
    (r"There should be a choices sheet", _(
        "A question chooses from a list: add a sheet “choices” with the columns list_name, name and label.")),
    (r"List name not in choices sheet: (?P<word>\S+)", _(
        "There is no list “%(word)s” on the sheet “choices”. Check its spelling, or add its choices.")),
    (r"'name' value '(?P<word>[^']*)' is invalid\. Questions, groups, and repeats must be unique", _(
        "The name “%(word)s” is given twice in the same group. Give one of the two another name.")),
    (r"Repeat names must unique anywhere", _("A repeat needs a name that nothing else in the form has.")),
    (r"The name 'meta' is reserved", _("The name “meta” is the form's own. Choose another name.")),
    (r"Names must begin with a letter", _(
        "A name begins with a letter or _, and has letters, digits, _, - and . only, without spaces.")),
    (r"Could not find the name '(?P<word>[^']*)'", _(
        "${%(word)s} names no question of the sheet “survey”. Check its spelling.")),
    (r"The name '(?P<word>[^']*)' appears more than once", _(
        "${%(word)s} could be one of several questions of that name. Give each a name of its own.")),
    (r"Reference variables must start with", _("A reference to another question is written as ${name}.")),
    (r"Unmatched 'begin_(?P<word>\w+)'", _("What begins here does not end: add a row “end %(word)s”.")),
    (r"Unmatched 'end_(?P<word>\w+)'", _(
        "This ends what has not begun: add a row “begin %(word)s”, or take it out.")),
    (r"Question or group with no name", _("Give the question or group in this row a name.")),
    (r"The survey element named '(?P<word>[^']*)' has no label", _(
        "The question “%(word)s” has no label: write what it asks.")),
    (r"You must have a sheet named 'survey'", _("There is no sheet “survey”, on which the questions stand.")),
    (r"Invalid headers provided for sheet: '(?P<sheet>\w+)'.*required column headers were not found: (?P<word>[^.]*)\.",
     _("The first row of the sheet “%(sheet)s” lacks the column %(word)s.")),
    (r"Choices must have a name", _("Give each choice a name.")),
    (r"Choices should have a label", _("Give each choice a label: what is shown.")),
    (r"Choice names must be unique", _("Two choices of this list have the same name. Give one another name.")),
    (r"Invalid (?P<column>\w+) for the bind attached to \"\$\{(?P<word>\w+)\}\" : (?P<why>.*)", _(
        "The %(column)s of the question “%(word)s” cannot be read: %(why)s")),
)  # fmt: skip


def in_our_words(message: str) -> str:
    """Say a fault that the converter found in the language in use; unknown ones stay as they are."""
    bare = _VALIDATE.sub("", message).strip()
    for pattern, words in _SAID:
        if found := re.search(pattern, bare):
            return str(words) % found.groupdict()
    return bare
