"""What import-linter cannot see: keys between tables, and who writes."""

import ast

import pytest
from django.apps import apps
from house_source import PACKAGE, action_files, functions_in, name_of, python_files, tree_of

RANK = {
    name: rank
    for rank, name in enumerate(
        (
            "kernel",
            "journal",
            "people",
            "places",
            "positions",
            "fieldwork",
            "incidents",
            "property",
            "dispatch",
            "deployment",
            "live",
            "site",
        )  # fmt: skip
    )
}
OURS = [model for model in apps.get_models() if model.__module__.startswith("maplebridge.")]


def test_foreign_keys_point_down_the_ladder():
    upward = [
        f"{model.__name__}.{field.name} -> {field.related_model.__name__}"
        for model in OURS
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model in OURS
        if RANK[field.related_model._meta.app_label] > RANK[model._meta.app_label]
    ]
    assert upward == []


WRITES = {
    "save", "create", "bulk_create", "bulk_update", "update_or_create", "get_or_create", "delete", "raw_delete",
}  # fmt: skip
# Not domains: the journal itself, and Django's own sessions, caches and files. Each stands here with its reason.
MAY_WRITE = {
    "maplebridge/journal/act.py": "the one door",
    "maplebridge/journal/checkpoints.py": "an entry about the tree would change the tree that it speaks of",
    "maplebridge/journal/erasing.py": "called within an act, whose entry names what goes",
    "maplebridge/journal/reader.py": "how far a reader has read is no fact",
    "maplebridge/kernel/storage.py": "how a file is written; the row that names it is an action's",
}


def writes_in(file):
    """Calls on a queryset or record that write: `objects.update(...)`, `row.save()`, `rows.delete()`."""
    for node in ast.walk(tree_of(file)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        chain = ast.unparse(node.func.value)
        if node.func.attr == "save" and node.args:  # a picture says first where it goes; a record takes keywords alone
            continue
        if node.func.attr in WRITES and not chain.startswith(
            ("cache", "router", "request.session", "self._files", "default_storage")
        ):
            yield node.lineno, node.func.attr
        if node.func.attr == "update" and ".objects" in chain:
            yield node.lineno, "update"


def test_only_actions_write():
    actions = set(action_files())
    strays = [
        f"{name_of(file)}:{line} .{call}()"
        for file in python_files()
        if file not in actions and name_of(file) not in MAY_WRITE and "roads" not in file.parts  # roads write files
        for line, call in writes_in(file)
    ]
    assert strays == []


# Public functions of actions that journal nothing themselves, with the reason.
NOT_JOURNALED = {
    "record_position": "positions are samples, not facts",
    "keep_latest": "positions are samples, not facts",
    "forget_positions": "positions are samples, not facts",
    "post_to_ledger": "a copy of an entry of the journal, which can be made anew from it",
}


def calls_in(function):
    """Names that a function calls or passes on."""
    return {
        ast.unparse(node).rpartition(".")[2]
        for node in ast.walk(function)
        if isinstance(node, ast.Name | ast.Attribute)
    }


def journaling_functions():
    """Every function that opens an act, itself or through another of the house."""
    called = {}
    for file in python_files():
        for function in functions_in(file):
            called.setdefault(function.name, set()).update(calls_in(function) - {function.name})
        for node in ast.walk(tree_of(file)):
            if isinstance(node, ast.ClassDef):
                called.setdefault(node.name, set()).update(calls_in(node))
    journaling = {"act"}
    while more := {name for name, names in called.items() if names & journaling} - journaling:
        journaling |= more
    return journaling


def test_every_public_action_opens_an_act():
    journaling = journaling_functions()
    writers = {f.name for file in action_files() for f in functions_in(file) if any(True for _ in _writes_of(f))}
    silent = [
        f"{name_of(file)}: {function.name}"
        for file in action_files()
        for function in tree_of(file).body
        if isinstance(function, ast.FunctionDef) and not function.name.startswith("_")
        if takes_actor(function) and function.name not in journaling and function.name not in NOT_JOURNALED
    ]
    assert writers
    assert silent == []


def _writes_of(function):
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            yield node


def takes_actor(function):
    """Whether it is an action: its first argument is the actor."""
    return bool(function.args.args) and function.args.args[0].arg == "actor"


@pytest.mark.parametrize("file", action_files(), ids=name_of)
def test_after_the_actor_every_argument_of_an_action_is_named(file):
    loose = [
        f.name
        for f in tree_of(file).body
        if isinstance(f, ast.FunctionDef) and not f.name.startswith("_") and takes_actor(f) and len(f.args.args) > 1
        if not (f.returns and ast.unparse(f.returns) == "bool")  # a question, not an action
    ]
    assert [name for name in loose if not name.startswith(("must_", "is_", "may_"))] == []  # checks are no actions


CLOCK_READERS = ("api", "pages", "tasks", "commands", "sessions", "tail", "stream", "reactions", "demo")


def test_only_the_outermost_files_read_the_clock():
    readers = [
        f"{name_of(file)}:{node.lineno}"
        for file in python_files()
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("clock.now", "datetime.now", "timezone.now", "now")
        if not any(word in part for part in file.relative_to(PACKAGE).parts for word in CLOCK_READERS)
        if name_of(file)
        not in ("maplebridge/kernel/clock.py", "maplebridge/journal/sealing.py", "maplebridge/site/prepare.py")
    ]
    assert readers == []


def test_rules_know_nothing_of_django_but_how_to_translate():
    allowed = "django.utils.translation"
    files = [f for f in python_files() if f.name == "rules.py" or f.parent.name == "rules"]
    strays = [
        f"{name_of(file)}: {name}"
        for file in files
        for node in ast.walk(tree_of(file))
        for name in imported(node)
        if name.split(".")[0] in ("django", "ninja") and not name.startswith(allowed)
    ]
    assert files
    assert strays == []


def imported(node):
    """Modules that an import statement names."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


def test_no_table_of_ours_can_hold_a_biometric_or_a_score_of_a_person():
    banned = ("face", "fingerprint", "gait", "voiceprint", "biometric", "risk_score", "suspicion", "watchlist")
    fields = [f"{m._meta.label}.{f.name}" for m in OURS for f in m._meta.get_fields()]
    assert [name for name in fields if any(word in name.lower() for word in banned)] == []


def test_there_are_no_signals_and_no_save_overrides():
    strays = [
        f"{name_of(file)}:{node.lineno}"
        for file in python_files()
        for node in ast.walk(tree_of(file))
        if (isinstance(node, ast.FunctionDef) and node.name == "save" and file.name == "models.py")
        or any(name.startswith(("django.dispatch", "django.db.models.signals")) for name in imported(node))
    ]
    assert strays == []
