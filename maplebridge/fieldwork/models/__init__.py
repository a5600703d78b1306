"""Forms and their versions, the keys of phones, tasks, and the submissions that come from the field."""

from maplebridge.fieldwork.models.forms import Form, FormFile, FormVersion, FormVersionQuerySet
from maplebridge.fieldwork.models.keys import FieldKey
from maplebridge.fieldwork.models.submissions import SUBMISSIONS_KEPT, Submission, SubmissionFile
from maplebridge.fieldwork.models.tasks import Task, TaskQuerySet, posts_of

__all__ = [
    "SUBMISSIONS_KEPT", "FieldKey", "Form", "FormFile", "FormVersion", "FormVersionQuerySet", "Submission",
    "SubmissionFile", "Task", "TaskQuerySet", "posts_of",
]  # fmt: skip
