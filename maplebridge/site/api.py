"""The one API: routers of all domains, one set of refusals, one way to authenticate."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.http import HttpRequest
from ninja import NinjaAPI

from maplebridge.kernel import clock
from maplebridge.kernel.endpoint import answer_refusals
from maplebridge.people.sessions import AUTH, actor_of_request
from maplebridge.site.me import me

api = NinjaAPI(title="Maplebridge", version="1", auth=AUTH, urls_namespace="api", docs_url="/docs")
answer_refusals(api)

for _domain in ("places", "places.register", "positions", "incidents", "property", "dispatch", "live", "deployment"):
    if find_spec(f"maplebridge.{_domain}.api"):
        api.add_router("", import_module(f"maplebridge.{_domain}.api").router)


@api.get("/me", tags=["site"], summary="Who I am, what I may do, and where the city is")
def get_me(request: HttpRequest) -> dict[str, Any]:
    """Answer for the bearer of the token or session."""
    return me(actor_of_request(request), at=clock.now())
