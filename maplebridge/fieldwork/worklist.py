"""What a worker's phone is given: forms as a browser fills them in, open tasks, and these as an entity list."""

import csv
import hashlib
import io
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from maplebridge.fieldwork.enketo import list_as_xml, prepare
from maplebridge.fieldwork.models import FormVersion, Submission, Task
from maplebridge.fieldwork.queries import offered_forms, own_submissions
from maplebridge.journal.models import Entry
from maplebridge.kernel.clock import stamp
from maplebridge.kernel.refused import NotFound
from maplebridge.people.actor import Actor
from maplebridge.places.models import Area

TASK_LIST = "tasks.csv"  # a form that reads a list of this name gets the worker's own tasks
AT_HAND = ("offered", "accepted", "returned")
TASKS_MOST = 300
_COLUMNS = ("name", "label", "__version", "state", "instructions", "form", "area", "due", "reason")


def version_offered(actor: Actor, code: str, version: str) -> FormVersion:
    """The version of a form, if this worker is offered it. Raises NotFound."""
    for each in offered_forms(actor):
        if each.form_id == code and each.version == version:
            return each
    raise NotFound(_("This form is not offered any more. Get the list of forms anew."))


def open_tasks(actor: Actor) -> list[Task]:
    """Tasks that wait for this worker, what is due first at the top."""
    return list(Task.objects.of(actor).filter(state__in=AT_HAND).select_related("form")[:TASKS_MOST])


def own_submission(actor: Actor, instance_id: str) -> Submission:
    """One's own submission by its instance ID. Raises NotFound."""
    found = own_submissions(actor).filter(instance_id=instance_id).first()
    if found is None:
        raise NotFound(_("Nothing has arrived under this ID."))
    return found


def own_work(actor: Actor, *, at: datetime) -> dict[str, Any]:
    """Who the worker is, the forms that they are offered and the tasks that wait for them, for the browser's client.

    `task_list` is these tasks as forms read them (XML): it changes often, the forms do not.
    """
    tasks = open_tasks(actor)
    areas = dict(Area.objects.filter(code__in={task.area_code for task in tasks}).values_list("code", "name"))
    last = _last_sent(actor, tasks)
    return {
        "me": {"ref": actor.ref, "name": actor.name},
        "forms": [_form_row(version) for version in offered_forms(actor)],
        "task_list": list_as_xml(task_list(tasks), TASK_LIST),
        "tasks": [
            {
                "id": task.pk, "title": task.title, "instructions": task.instructions, "form": task.form_id,
                "area": areas.get(task.area_code, ""), "state": task.state, "reason": task.reason,
                "due_at": stamp(task.due_at) if task.due_at else None,
                "edit": last.get(task.pk) if task.state == "returned" else None,
            }
            for task in tasks
        ],
        "server_time": stamp(at),
    }  # fmt: skip


def _form_row(version: FormVersion) -> dict[str, Any]:
    lists = [file.md5 for file in version.files.all()]
    whole = hashlib.sha256(" ".join([version.md5, *lists]).encode()).hexdigest()
    return {"code": version.form_id, "version": version.version, "hash": whole[:32], "name": version.form.name,
            "name_zh": version.form.name_zh}  # fmt: skip


def _last_sent(actor: Actor, tasks: list[Task]) -> dict[int, str]:
    """The instance ID of the last submission to each task that was returned, which is the one to change."""
    rows = own_submissions(actor).filter(task__in=[t.pk for t in tasks if t.state == "returned"], replaced_by=None)
    return dict(rows.order_by("received_at").values_list("task_id", "instance_id"))


def prepared_form(version: FormVersion, where: str) -> dict[str, Any]:
    """A form as enketo-core takes it: HTML, model, and the lists that stand outside of it as XML by instance ID.

    `where` is the address under which its pictures lie. The list of the worker's own tasks is None: `own_work` has it.
    """
    made = prepare(version.xform, where)
    files = {file.name: bytes(file.content) for file in version.files.all()}
    external = [
        {"id": name, "xml": list_as_xml(files[file], file) if file in files else None}
        for name, file in made.lists
        if file in files or file == TASK_LIST
    ]
    return {"form": made.form, "model": made.model, "external": external, "code": version.form_id,
            "version": version.version}  # fmt: skip


def reads_tasks(version: FormVersion) -> bool:
    """Whether a form reads the worker's tasks; a list of that name which was attached to it goes before."""
    return f"/{TASK_LIST}" in version.xform and TASK_LIST not in {file.name for file in version.files.all()}


def task_list(tasks: list[Task]) -> bytes:
    """Tasks as an entity list (ODK Entities 2024.1): CSV with `name`, the entity's ID, `label` and `__version`.

    The version grows by one with each entry of the journal about the task, so that a phone takes what is newer.
    """
    subjects = {f"task:{task.pk}": task.pk for task in tasks}
    counted = Entry.objects.filter(subject__in=list(subjects)).values_list("subject").annotate(n=Count("pk"))
    versions = {subjects[subject]: n for subject, n in counted}
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(_COLUMNS)
    for task in tasks:
        due = stamp(task.due_at) if task.due_at else ""
        rows.writerow([task.pk, task.title, versions.get(task.pk, 1), task.state, task.instructions, task.form_id or "",
                       task.area_code, due, task.reason])  # fmt: skip
    return text.getvalue().encode()


def gone_from_list(actor: Actor, asked: Iterable[str]) -> dict[str, bool]:
    """Say for IDs of a task list whether each is gone: done, taken back, or another's now."""
    here = {str(task.pk) for task in open_tasks(actor)}
    return {text: text not in here for text in asked}
