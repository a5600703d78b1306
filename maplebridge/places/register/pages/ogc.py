"""OGC API - Features, Part 1: Core (OGC 17-069r4): the register for QGIS and any other client, to read.

Signed in by session, by a bearer token, or by Basic authentication with a token as password (as QGIS keeps it).
"""

import base64
import binascii
import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from maplebridge.kernel import clock
from maplebridge.kernel.refused import NotFound
from maplebridge.people.actor import Actor, actor_of_token
from maplebridge.people.sessions import SignInNeeded, actor_of_request
from maplebridge.places.queries import current_city
from maplebridge.places.register.ogc_document import CONFORMS, collection_body, openapi
from maplebridge.places.register.ogc_query import ItemsQuery, read_items_query, unknown_parameters
from maplebridge.places.register.queries.features import COLLECTIONS, Collection, feature_of, read_rows, rows_of
from maplebridge.places.register.queries.tiles import register_extent

JSON, GEOJSON, OPENAPI = "application/json", "application/geo+json", "application/vnd.oai.openapi+json;version=3.0"
Body = dict[str, Any]


def _face(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Find who asks, hold them to the permission, and answer a bad parameter with 400 as the standard wants."""

    @wraps(view)
    @require_safe
    def answered(request: HttpRequest, **more: Any) -> HttpResponse:
        try:
            actor = _who(request)
        except SignInNeeded as refusal:
            if "text/html" in request.headers.get("Accept", "") and "Authorization" not in request.headers:
                return redirect_to_login(request.get_full_path())
            headers = {"WWW-Authenticate": 'Basic realm="Maplebridge: a token as password", charset="UTF-8"'}
            return HttpResponse(refusal.sentence, status=401, content_type="text/plain; charset=utf-8", headers=headers)
        actor.must("register.view")
        try:
            return view(request, actor, **more)
        except ValueError as error:
            return _said({"code": "InvalidParameterValue", "description": str(error)}, JSON, status=400)

    return answered


def _who(request: HttpRequest) -> Actor:
    kind, _space, rest = request.headers.get("Authorization", "").partition(" ")
    token = rest.strip()
    if kind.lower() == "basic":
        try:
            token = base64.b64decode(token, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            kind, token = "unreadable", "-"  # which is nobody's token
    if kind:
        if (actor := actor_of_token(token, at=clock.now()) if token else None) is None:
            raise SignInNeeded(_("This token is unknown or has ended. Make a new one on your account page."))
        return actor
    return actor_of_request(request)


@_face
def landing(request: HttpRequest, _actor: Actor) -> HttpResponse:
    """Say what there is: the definition of the API, what it conforms to, the collections."""
    unknown_parameters(request.GET, ())
    root = _root(request)
    city = current_city()
    links = [
        _link("self", root, JSON, _("This document")), _link("service-desc", f"{root}api", OPENAPI, "OpenAPI 3.0"),
        _link("conformance", f"{root}conformance", JSON, _("What this conforms to")),
        _link("data", f"{root}collections", JSON, _("Collections")),
        _link("alternate", f"{root}?f=html", "text/html", "HTML"),
    ]  # fmt: skip
    title = _("Register of addresses") + (f" · {city.name}" if city else "")
    return _answer(request, {"title": title, "description": _("Addresses, premises and organisations"), "links": links})


@_face
def conformance(request: HttpRequest, _actor: Actor) -> HttpResponse:
    """Name the classes of the standard that are kept."""
    unknown_parameters(request.GET, ())
    return _answer(request, {"conformsTo": list(CONFORMS)})


@_face
def definition(request: HttpRequest, _actor: Actor) -> HttpResponse:
    """Answer the OpenAPI document."""
    return _said(openapi(_root(request), [each.id for each in COLLECTIONS.values()]), OPENAPI)


@_face
def collections(request: HttpRequest, _actor: Actor) -> HttpResponse:
    """List the collections."""
    unknown_parameters(request.GET, ())
    root = _root(request)
    links = [_link("self", f"{root}collections", JSON, _("This document"))]
    every = [_collection(root, each) for each in COLLECTIONS.values()]
    return _answer(request, {"links": links, "collections": every})


@_face
def collection(request: HttpRequest, _actor: Actor, name: str) -> HttpResponse:
    """Describe one collection."""
    unknown_parameters(request.GET, ())
    return _answer(request, _collection(_root(request), _known(name)))


@_face
def items(request: HttpRequest, actor: Actor, name: str) -> HttpResponse:
    """Answer features: in a box, changed in an interval, page by page; a next page is told by its link."""
    known, asked = _known(name), read_items_query(request.GET)
    rows = rows_of(actor, known, box=asked.box, since=asked.since, until=asked.until)
    rows = rows.filter(pk__gt=asked.after) if asked.after else rows
    found = list(read_rows(known, rows[asked.offset : asked.offset + asked.limit + 1]))
    more, found = len(found) > asked.limit, found[: asked.limit]
    root = f"{_root(request)}collections/{name}/items"
    body = {
        "type": "FeatureCollection", "features": [feature_of(*each) for each in found],
        "numberReturned": len(found), "timeStamp": clock.stamp(clock.now()),
        "links": _page_links(request, root, asked, found[-1][0] if more else None),
    }  # fmt: skip
    return _answer(request, body, GEOJSON)


@_face
def item(request: HttpRequest, actor: Actor, name: str, key: int) -> HttpResponse:
    """Answer one feature."""
    unknown_parameters(request.GET, ())
    known = _known(name)
    found = next(read_rows(known, rows_of(actor, known).filter(pk=key)), None)
    if found is None:
        raise NotFound(_("This is not in the register (any more). Search for it anew."))
    root = f"{_root(request)}collections/{name}"
    links = [
        _link("self", f"{root}/items/{key}", GEOJSON, _("This document")),
        _link("collection", root, JSON, str(known.title)),
    ]
    return _answer(request, feature_of(*found) | {"links": links}, GEOJSON)


def _page_links(request: HttpRequest, root: str, asked: ItemsQuery, after: int | None) -> list[Body]:
    given = request.GET.copy()
    links = [_link("self", f"{root}?{given.urlencode()}".rstrip("?"), GEOJSON, _("This document"))]
    given["f"] = "html"
    links.append(_link("alternate", f"{root}?{given.urlencode()}", "text/html", "HTML"))
    if after is not None:  # by key, not by offset: the last page of two million is as quick as the first
        for gone in ("offset", "f"):
            given.pop(gone, None)
        given["after"], given["limit"] = str(after), str(asked.limit)
        links.append(_link("next", f"{root}?{given.urlencode()}", GEOJSON, _("Next page")))
    return links


def _known(name: str) -> Collection:
    found = COLLECTIONS.get(name)
    if found is None:
        raise NotFound(_("There is no such collection."))
    return found


def _collection(root: str, known: Collection) -> Body:
    return collection_body(root, known.id, str(known.title), register_extent())


def _root(request: HttpRequest) -> str:
    return request.build_absolute_uri("/ogc/")


def _link(rel: str, href: str, kind: str, title: str) -> Body:
    return {"rel": rel, "href": href, "type": kind, "title": title}


def _answer(request: HttpRequest, body: Body, kind: str = JSON) -> HttpResponse:
    """JSON, or a page for people where they ask for one (`f=html`, or a browser's Accept)."""
    wanted = request.GET.get("f", "")
    if wanted == "html" or (not wanted and "text/html" in request.headers.get("Accept", "")):
        return render(
            request, "register/ogc.html", {"body": body, "text": json.dumps(body, ensure_ascii=False, indent=2)}
        )
    return _said(body, kind)


def _said(body: Body, kind: str, status: int = 200) -> HttpResponse:
    return HttpResponse(json.dumps(body, ensure_ascii=False), content_type=kind, status=status)
