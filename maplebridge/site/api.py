"""The one API: routers of all domains, one set of refusals, one way to authenticate."""

from ninja import NinjaAPI

from maplebridge.kernel.endpoint import answer_refusals
from maplebridge.people.sessions import AUTH

api = NinjaAPI(title="Maplebridge", version="1", auth=AUTH, urls_namespace="api", docs_url="/docs")
answer_refusals(api)
