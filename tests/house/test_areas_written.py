"""What is kept of areas is built anew after each verb that writes areas: none can be forgotten in `AREAS_WRITTEN`."""

import ast
import textwrap

from house_source import action_files, functions_in

from maplebridge.places.kept import AREAS_WRITTEN

WRITES = {"save", "create", "bulk_create", "bulk_update", "update_or_create", "get_or_create", "delete", "update"}


def speaks_of_areas(node):
    """Whether an annotation has the table of areas in it."""
    return any(isinstance(part, ast.Name) and part.id == "Area" for part in ast.walk(node))


def gives_areas(node, names):
    """Whether an expression begins with the table of areas, or with a name that holds rows of it."""
    while isinstance(node, ast.Attribute | ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    if isinstance(node, ast.Name):
        return node.id == "Area" or node.id in names
    if isinstance(node, ast.DictComp):
        return gives_areas(node.generators[0].iter, names)
    inside = (
        node.values if isinstance(node, ast.BoolOp) else node.elts if isinstance(node, ast.List | ast.Tuple) else ()
    )
    return any(gives_areas(each, names) for each in inside)


def rows_held(function):
    """Names in a function that may hold areas: by annotation, assignment or loop, followed until no more come."""
    names: set[str] = set()
    while True:
        before = len(names)
        for node in ast.walk(function):
            if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation and speaks_of_areas(node.annotation):
                names.add(node.arg if isinstance(node, ast.arg) else ast.unparse(node.target))
            pairs = [(each, node.value) for each in node.targets] if isinstance(node, ast.Assign) else []
            pairs += [(node.target, node.iter)] if isinstance(node, ast.For) else []
            for target, value in pairs:
                if isinstance(target, ast.Name) and gives_areas(value, names):
                    names.add(target.id)
        if len(names) == before:
            return names


def writes_areas(function):
    names = rows_held(function)
    calls = (node.func for node in ast.walk(function) if isinstance(node, ast.Call))
    writes = (call for call in calls if isinstance(call, ast.Attribute) and call.attr in WRITES)
    return any(gives_areas(call.value, names) for call in writes)


def verbs_of(function):
    """Verbs that a function journals with `act`."""
    calls = (node for node in ast.walk(function) if isinstance(node, ast.Call) and ast.unparse(node.func) == "act")
    return {ast.literal_eval(call.args[1]) for call in calls if isinstance(call.args[1], ast.Constant)}


def called_by(function):
    return {
        node.func.id for node in ast.walk(function) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }


def verbs_that_write_areas(functions):
    """Verbs of functions that write areas, themselves or through functions that journal nothing of their own."""
    verbs = {each.name: verbs_of(each) for each in functions}
    writers: set[str] = set()
    more = {each.name for each in functions if writes_areas(each)}
    while more - writers:
        writers |= more
        silent = {name for name in writers if not verbs[name]}
        more = {each.name for each in functions if called_by(each) & silent}
    return {verb for name in writers for verb in verbs[name]}


def test_each_verb_that_writes_areas_is_named():
    functions = [each for file in action_files() for each in functions_in(file)]
    assert verbs_that_write_areas(functions) == set(AREAS_WRITTEN)


def test_a_verb_that_is_not_named_would_be_found():
    source = """
    def rename(actor, *, code, name, at):
        with act(actor, "places.area_renamed", at=at):
            _keep(code, name)

    def _keep(code, name):
        rows = Area.objects.filter(code=code)
        for row in rows:
            row.name = name
            row.save(update_fields=["name"])

    def give(actor, *, area: Area, at):
        with act(actor, "fieldwork.given", at=at):
            Task.objects.create(area_code=area.code)

    def drop(actor, *, area: Area, at):
        with act(actor, "places.area_dropped", at=at):
            area.delete()
    """
    functions = [each for each in ast.parse(textwrap.dedent(source)).body if isinstance(each, ast.FunctionDef)]
    assert verbs_that_write_areas(functions) == {"places.area_renamed", "places.area_dropped"}
