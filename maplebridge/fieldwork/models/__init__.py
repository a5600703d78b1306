"""Forms and keys of phones, tasks, what comes from the field and its review, the ledger of work and its appraisal."""

from maplebridge.fieldwork.models.appraisal import Deduction, Scheme, StipendLine, StipendSheet
from maplebridge.fieldwork.models.forms import Form, FormFile, FormVersion, FormVersionQuerySet
from maplebridge.fieldwork.models.keys import FieldKey
from maplebridge.fieldwork.models.ledger import LedgerLine
from maplebridge.fieldwork.models.review import FormHandling, Review, ReviewQuerySet
from maplebridge.fieldwork.models.schedules import TaskSchedule
from maplebridge.fieldwork.models.submissions import SUBMISSIONS_KEPT, Submission, SubmissionFile
from maplebridge.fieldwork.models.tasks import Task, TaskQuerySet, posts_of

__all__ = [
    "SUBMISSIONS_KEPT", "Deduction", "FieldKey", "Form", "FormFile", "FormHandling", "FormVersion",
    "FormVersionQuerySet", "LedgerLine", "Review", "ReviewQuerySet", "Scheme", "StipendLine", "StipendSheet",
    "Submission", "SubmissionFile", "Task", "TaskQuerySet",
    "TaskSchedule", "posts_of",
]  # fmt: skip
