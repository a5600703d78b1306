"""The addresses of field work: OpenRosa's for phones, the browser's own client, review, ledger and appraisal."""

from django.urls import path

from maplebridge.fieldwork.pages import (
    appraisal,
    browser,
    hierarchy,
    ledger,
    manage,
    many,
    openrosa,
    phones,
    review,
    tasks,
)

_OPENROSA = (
    ("formList", "form_list", openrosa.form_list),
    ("forms/<str:code>/<str:version>/form.xml", "form", openrosa.form),
    ("forms/<str:code>/<str:version>/manifest.xml", "manifest", openrosa.manifest),
    ("forms/<str:code>/<str:version>/files/<str:name>", "form_file", openrosa.form_file),
    ("forms/<str:code>/<str:version>/integrity", "integrity", openrosa.integrity),
    ("submission", "submission", openrosa.submission),
    ("submission/arrived", "arrived", openrosa.arrived),
)

_BROWSER = (
    path("field", browser.shell, name="field"),
    path("field-worker.js", browser.worker, name="field_worker"),
    path("field.webmanifest", browser.webmanifest, name="field_manifest"),
    path("field/work", browser.work, name="field_work"),
    path("field/forms/<str:code>/<str:version>", browser.form, name="field_form"),
    path("field/forms/<str:code>/<str:version>/files/<str:name>", browser.form_file, name="field_form_file"),
    path("field/submissions", browser.submit, name="field_submit"),
    path("field/submissions/arrived", browser.arrived, name="field_arrived"),
    path("field/submissions/sent", browser.sent, name="field_sent"),
    path("field/submissions/sent/files/<str:name>", browser.sent_file, name="field_sent_file"),
)

_PHONES = (
    path("field/phones", phones.phones, name="field_phones"),
    path("field/phones/set-up", phones.set_up, name="field_set_up"),
    path("field/phones/<int:number>/take-away", phones.take_away, name="field_take_away"),
)

_FORMS = (
    path("forms", manage.forms, name="forms"),
    path("forms/<int:number>", manage.version, name="form_version"),
    path("forms/<int:number>/change", manage.change, name="form_change"),
    path("forms/<int:number>/source", manage.source, name="form_source"),
    path("forms/<int:number>/trial", manage.trial, name="form_trial"),
    path("forms/<int:number>/trial/form", manage.trial_form, name="form_trial_form"),
    path("forms/<int:number>/trial/files/<str:name>", manage.trial_file, name="form_trial_file"),
)

_HIERARCHY = (
    path("workbook/posts", hierarchy.coverage, name="coverage"),
    path("workbook/posts/tables", hierarchy.tables, name="hierarchy_tables"),
)

_TASKS = (
    path("workbook/mine", tasks.own_tasks, name="own_tasks"),
    path("workbook/mine/step", tasks.own_step, name="own_step"),
    path("workbook/tasks", tasks.tasks, name="tasks"),
    path("workbook/tasks/give", tasks.give, name="task_give"),
    path("workbook/tasks/change", many.change, name="task_change"),
    path("workbook/calendar", tasks.calendar, name="task_calendar"),
    path("key/<str:key>/tasks.ics", tasks.feed, name="task_feed"),
)

_WORK = (
    path("workbook", ledger.work, name="work"),
    path("workbook/entries/<int:position>", ledger.work_entry, name="work_entry"),
    path("workbook/appeal", appraisal.appeal, name="work_appeal"),
    path("workbook/review", review.reviews, name="reviews"),
    path("workbook/review/rules", review.review_rules, name="review_rules"),
    path("workbook/review/<int:number>", review.review, name="review"),
    path("workbook/review/<int:number>/decide", review.decide, name="review_decide"),
    path("workbook/review/<int:number>/files/<str:name>", review.review_file, name="review_file"),
    path("workbook/ledger", ledger.ledger, name="ledger"),
    path("workbook/deductions", appraisal.deductions, name="deductions"),
    path("workbook/deductions/decide", appraisal.decide_appeal, name="decide_appeal"),
    path("workbook/schemes", appraisal.schemes, name="schemes"),
    path("workbook/schemes/change", appraisal.change_schemes, name="change_schemes"),
    path("workbook/sheets", appraisal.sheets, name="sheets"),
    path("workbook/sheets/<int:number>", appraisal.sheet, name="sheet"),
    path("workbook/sheets/<int:number>/approve", appraisal.approve_sheet, name="sheet_approve"),
    path("workbook/sheets/<int:number>/stipends.xlsx", appraisal.sheet_file, name="sheet_file"),
)

urlpatterns = [
    *_HIERARCHY,
    *_TASKS,
    *_WORK,
    *_BROWSER,
    *_PHONES,
    *_FORMS,
    *(path(f"key/<str:key>/{where}", view, name=f"openrosa_key_{name}") for where, name, view in _OPENROSA),
    *(path(f"openrosa/{where}", view, name=f"openrosa_{name}") for where, name, view in _OPENROSA),
]
