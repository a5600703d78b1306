"""Every verb that the journal can hold has a sentence for people, in both languages."""

import ast
import re
from importlib import import_module

from django.utils import translation
from house_source import python_files, tree_of

VERB = re.compile(r"[a-z]+\.[a-z_]+")


def strings_in(node):
    return [c.value for c in ast.walk(node) if isinstance(c, ast.Constant) and isinstance(c.value, str)]


def named_strings(tree, name):
    """Strings that a name may stand for: those assigned to it in the file, and those given for it in calls."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets):
            yield from strings_in(node.value)
        if isinstance(node, ast.FunctionDef) and (at := [a.arg for a in node.args.args].index(name) if name in [
            a.arg for a in node.args.args] else None) is not None:  # fmt: skip
            for call in ast.walk(tree):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == node.name:
                    yield from strings_in(call.args[at])
        if isinstance(node, ast.FunctionDef) and name in (named := [a.arg for a in node.args.kwonlyargs]):
            if (default := node.args.kw_defaults[named.index(name)]) is not None:
                yield from strings_in(default)
            yield from given_by_name(node.name, name)


def given_by_name(function, argument):
    """Strings that any file of the house gives a function for a named argument."""
    for file in python_files():
        for call in ast.walk(tree_of(file)):
            if isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] == function:
                for keyword in call.keywords:
                    if keyword.arg == argument:
                        yield from strings_in(keyword.value)


def verbs_of(call, tree):
    """The verbs an `act(...)` may write: strings in its second argument, and what the names in it stand for."""
    found = strings_in(call.args[1])
    for name in ast.walk(call.args[1]):
        if isinstance(name, ast.Name):
            found += named_strings(tree, name.id)
    return {text for text in found if VERB.fullmatch(text)}


def acts():
    for file in python_files():
        for node in ast.walk(tree_of(file)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "act":
                yield file, node, verbs_of(node, tree_of(file))


def test_the_verb_of_every_act_can_be_read_from_the_source():
    assert [f"{file.name}:{node.lineno}" for file, node, verbs in acts() if not verbs] == []


def registered():
    import_module("maplebridge.site.sentences")  # which loads those of every domain
    from maplebridge.incidents.queries.timeline import SENTENCES

    return SENTENCES


def test_every_verb_has_a_sentence():
    verbs = {verb for _file, _node, found in acts() for verb in found}
    assert len(verbs) > 40
    assert sorted(verbs - set(registered())) == []


def test_no_sentence_is_for_a_verb_that_nobody_writes():
    verbs = {verb for _file, _node, found in acts() for verb in found}
    assert sorted(set(registered()) - verbs) == []


class AnyFacts(dict):
    """Facts of an entry of whatever verb: plausible where a sentence looks them up."""

    def __missing__(self, name):
        moment = "2026-05-04T12:00:00Z"
        known = {"number": 1, "crew": [], "unit": "unit:1", "fence": "fence:1", "since": moment, "until": moment}
        return known.get(name, 1)


def test_a_sentence_differs_between_the_languages(db):
    from maplebridge.incidents.queries.timeline import Told

    own_words = {"incidents.note_added", "incidents.edited"}  # the words of a person; parts of what was corrected
    same = []
    for verb, tell in registered().items():
        told = Told(verb, "incident:1", "incident:2", AnyFacts(), {}, {})
        said = []
        for language in ("en", "zh-hans"):
            with translation.override(language):
                said.append(tell(told))
        if said[0] == said[1] and verb not in own_words:
            same.append(verb)
    assert same == []
