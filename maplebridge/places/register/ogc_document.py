"""What the API says of itself: the classes it conforms to, its collections, its OpenAPI document."""

from collections.abc import Sequence
from typing import Any

from maplebridge.places.register.ogc_query import CRS84, LIMIT, LIMIT_MOST
from maplebridge.places.register.rules.quads import Box

CONFORMS = tuple(
    f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{part}" for part in ("core", "oas30", "html", "geojson")
)
Body = dict[str, Any]


def collection_body(root: str, name: str, title: str, box: Box | None) -> Body:
    """Describe a collection: title, extent, and where its items are."""
    own = f"{root}collections/{name}"
    links = [
        {"rel": "self", "href": own, "type": "application/json", "title": title},
        {"rel": "items", "href": f"{own}/items", "type": "application/geo+json", "title": title},
        {"rel": "items", "href": f"{own}/items?f=html", "type": "text/html", "title": title},
    ]
    body: Body = {"id": name, "title": title, "links": links, "itemType": "feature", "crs": [CRS84]}
    if box:
        body["extent"] = {"spatial": {"bbox": [list(box)], "crs": CRS84}}
    return body


def openapi(root: str, names: Sequence[str]) -> Body:
    """Write the OpenAPI 3.0 document of the API."""
    one = {"name": "name", "in": "path", "required": True, "schema": {"type": "string", "enum": list(names)}}
    key = {"name": "key", "in": "path", "required": True, "schema": {"type": "integer"}}
    paths = {
        "/": _get("landing", []), "/conformance": _get("conformance", []), "/collections": _get("collections", []),
        "/collections/{name}": _get("collection", [one]),
        "/collections/{name}/items": _get("items", [one, *_parameters()], "application/geo+json"),
        "/collections/{name}/items/{key}": _get("item", [one, key], "application/geo+json"),
    }  # fmt: skip
    schemes = {"token": {"type": "http", "scheme": "bearer"}, "password": {"type": "http", "scheme": "basic"}}
    return {
        "openapi": "3.0.3",
        "info": {"title": "Maplebridge: register of addresses", "version": "1.0"},
        "servers": [{"url": root.rstrip("/")}],
        "security": [{"token": []}, {"password": []}],
        "components": {"securitySchemes": schemes},
        "paths": paths,
    }


def _get(name: str, parameters: list[Body], kind: str = "application/json") -> Body:
    answer = {"description": "OK", "content": {kind: {"schema": {"type": "object"}}}}
    refused = {"description": "A parameter is unusable"}
    return {"get": {"operationId": name, "parameters": parameters, "responses": {"200": answer, "400": refused}}}


def _parameters() -> list[Body]:
    whole: Body = {"type": "integer", "minimum": 1, "maximum": LIMIT_MOST, "default": LIMIT}
    numbers = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}
    return [
        {"name": "limit", "in": "query", "schema": whole, "style": "form", "explode": False},
        {"name": "offset", "in": "query", "schema": {"type": "integer", "minimum": 0}},
        {"name": "after", "in": "query", "schema": {"type": "integer", "minimum": 0}},
        {"name": "bbox", "in": "query", "schema": numbers, "style": "form", "explode": False},
        {"name": "datetime", "in": "query", "schema": {"type": "string"}, "style": "form", "explode": False},
    ]
