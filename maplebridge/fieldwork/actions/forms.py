"""Writes about forms: a spreadsheet becomes a version, which is published and retired."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain, count
from pathlib import Path

from django.utils.translation import gettext as _

from maplebridge.fieldwork.convert import Converted, convert, stamped
from maplebridge.fieldwork.models import Form, FormFile, FormVersion
from maplebridge.fieldwork.queries.forms import shipped_versions
from maplebridge.fieldwork.rules.forms import is_file_name, may_publish
from maplebridge.journal.act import act
from maplebridge.kernel.refused import BadInput, Refused
from maplebridge.people.actor import Actor
from maplebridge.places.queries import city_zone

SHIPPED = Path(__file__).resolve().parents[1] / "forms"
FORM_FILE_MOST = 10 * 2**20


class CannotPublish(Refused):
    """The version is not one that can be published, or its files are not all there."""


def add_form_version(actor: Actor, *, spreadsheet: bytes, kind: str, at: datetime) -> FormVersion:
    """Read an XLSForm and keep it as a draft of its form, which is made if it is new.

    Where the spreadsheet gives no version it gets the city's day, and the second of a day "DAY.2".
    `kind` is "xlsx", "xls", "csv" or "md". Raises BadInput with the cell that is wrong, CannotPublish for a version
    that exists.
    """
    actor.must("forms.manage")
    return _add(actor, convert(spreadsheet, kind), spreadsheet, kind, at=at)


def _add(actor: Actor, made: Converted, spreadsheet: bytes, kind: str, *, at: datetime) -> FormVersion:
    with act(actor, "fieldwork.form_added", at=at) as entry:
        form, _new = Form.objects.update_or_create(
            code=made.form, defaults={"name": made.title, "name_zh": made.title_zh}
        )
        if not made.version:
            made = stamped(made, _free_version(form, at))
        if FormVersion.objects.filter(form=form, version=made.version).exists():
            sentence = _("Version %(version)s of %(form)s is there already. Give the settings sheet another version.")
            raise CannotPublish(sentence % {"version": made.version, "form": made.form})
        version = FormVersion.objects.create(
            form=form, made_at=at, source=spreadsheet, source_type=kind, **_columns(made)
        )
        entry.about(version, form=made.form, version=made.version, state="draft", md5=version.md5)
    return version


def _free_version(form: Form, at: datetime) -> str:
    day = at.astimezone(city_zone()).date().isoformat()
    taken = set(FormVersion.objects.filter(form=form, version__startswith=day).values_list("version", flat=True))
    return next(each for each in chain((day,), (f"{day}.{n}" for n in count(2))) if each not in taken)


def _columns(made: Converted) -> dict[str, object]:
    digest = hashlib.md5(made.xform.encode(), usedforsecurity=False).hexdigest()  # OpenRosa's own choice
    return {"version": made.version, "xform": made.xform, "md5": digest, "warnings": list(made.warnings),
            "binary": sorted(made.binary)}  # fmt: skip


def attach_form_file(actor: Actor, *, version: FormVersion, name: str, content: bytes, at: datetime) -> FormFile:
    """Add a picture, sound or CSV list that a draft needs; a second one of the name takes the place of the first."""
    actor.must("forms.manage")
    if not is_file_name(name):
        raise BadInput("name", _("“%(name)s” is not the name of a file.") % {"name": name[:60]})
    if len(content) > FORM_FILE_MOST:
        raise BadInput("file", _("The file is larger than %(mb)d MB.") % {"mb": FORM_FILE_MOST // 2**20})
    digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
    with act(actor, "fieldwork.form_file_attached", at=at) as entry:
        fresh = FormVersion.objects.select_for_update().get(pk=version.pk)
        if fresh.state != "draft":
            raise CannotPublish(_("This version is published: phones hold it as it is. Add a new version instead."))
        file, _new = FormFile.objects.update_or_create(
            version=fresh, name=name, defaults={"content": content, "md5": digest}
        )
        entry.about(fresh, file=name, md5=digest)
    return file


def publish_form(
    actor: Actor, *, version: FormVersion, roles: Sequence[str] = (), areas: Sequence[str] = (), at: datetime
) -> FormVersion:
    """Offer a version to phones: to these roles in these areas, or to everyone; the one before is retired."""
    actor.must("forms.manage")
    with act(actor, "fieldwork.form_published", at=at) as entry:
        fresh = FormVersion.objects.select_for_update().get(pk=version.pk)
        if not may_publish(fresh.state):
            raise CannotPublish(_("This version is published already."))
        FormVersion.objects.filter(form_id=fresh.form_id, state="published").update(state="retired")
        fresh.state, fresh.published_at = "published", at
        fresh.roles, fresh.areas = sorted(roles), sorted(areas)
        fresh.save(update_fields=["state", "published_at", "roles", "areas"])
        entry.about(fresh, form=fresh.form_id, version=fresh.version, state="published", roles=fresh.roles,
                    areas=fresh.areas)  # fmt: skip
    return fresh


def retire_form(actor: Actor, *, version: FormVersion, at: datetime) -> FormVersion:
    """Offer a version no more; submissions that were begun with it are still taken."""
    actor.must("forms.manage")
    with act(actor, "fieldwork.form_retired", at=at) as entry:
        fresh = FormVersion.objects.select_for_update().get(pk=version.pk)
        fresh.state = "retired"
        fresh.save(update_fields=["state"])
        entry.about(fresh, form=fresh.form_id, version=fresh.version, state="retired")
    return fresh


def install_forms(actor: Actor, *, at: datetime) -> list[FormVersion]:
    """Add the forms that come with the software, and their newer editions after an upgrade; gives what it published.

    A newer edition takes the place of a published one that this actor installed, for the same roles and areas. Where
    the city publishes a version of its own, or retired the form, it stays a draft to look at. What is there already is
    left alone, and so is a version whose name is taken.
    """
    done = []
    for file in sorted(SHIPPED.glob("*.md")):
        content, versions = file.read_bytes(), FormVersion.objects.filter(form_id=file.stem)
        if any(bytes(source) == content for source in versions.values_list("source", flat=True)):
            continue
        made = convert(content, "md", check=False)
        if versions.filter(version=made.version).exists():
            continue
        done += _install(actor, made, content, at=at)
    return done


def _install(actor: Actor, made: Converted, content: bytes, *, at: datetime) -> list[FormVersion]:
    """Add a shipped edition, and publish it where the form is new or the published version was a shipped one."""
    known = Form.objects.filter(code=made.form).first()
    before = FormVersion.objects.published().filter(form_id=made.form).first()
    if known and not (before and before in shipped_versions([before], actor.ref)):
        _add(actor, replace(made, title=known.name, title_zh=known.name_zh), content, "md", at=at)
        return []
    with act(actor, "fieldwork.form_installed", at=at) as entry:
        version = _add(actor, made, content, "md", at=at)
        roles, areas = (before.roles, before.areas) if before else ((), ())
        published = publish_form(actor, version=version, roles=roles, areas=areas, at=at)
        entry.about(published, form=made.form, version=made.version, before=before.version if before else "")
    return [published]
