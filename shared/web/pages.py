"""Server-rendered pages of services: one layout, one style sheet, one set of macros and words.

A feature has its own templates and extends `layout.html`; everything that a template is given is escaped.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final
from urllib.parse import quote, urlencode

from fastapi import Depends, Request
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse, Response

from shared.auth.actor import Actor, Role
from shared.eventlog.port import Receipt
from shared.kernel.ids import new_id
from shared.web import words
from shared.web.exchange import exchange_of
from shared.web.forms import Fault, Filled
from shared.web.policies import SCRIPTED_PAGE_POLICY
from shared.web.receipts import after_token
from shared.web.routes import Given
from shared.web.runtime import Runtime

_FILTERS: Final[Mapping[str, Any]] = {
    "county": words.county,
    "kr": words.kr,
    "number": words.number,
    "day": words.day,
    "instant": words.instant,
    "share_bp": words.share_bp,
}
_SCRIPTS: Final = "scripts"
"""The block of `layout.html` that a template fills when its page loads scripts; no other page may run any."""


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the navigation. It is shown to those who have any of `roles`."""

    label: str
    address: str
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Crumb:
    """A page above this one."""

    label: str
    address: str


@dataclass(frozen=True, slots=True)
class Action:
    """What somebody may do next; one that is not allowed now says why, with the rule (A22).

    With `address` it leads to a page, with `form` it is a button that sends an empty form there.
    """

    label: str
    address: str
    why_not: str = ""
    rule: str = ""
    form: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """The reader of one page: who it is with every role, where the page is, and when it was asked for."""

    caller: Actor
    path: str
    query: Mapping[str, str]
    now: datetime
    organisation: str

    def address(self, **changes: str | None) -> str:
        """Return this page's address with other values in its query; None takes one away."""
        kept = {name: value for name, value in {**self.query, **changes}.items() if value}
        return f"{self.path}?{urlencode(kept)}" if kept else self.path

    def elsewhere(self, path: str, **added: str) -> str:
        """Return another page's address with this page's query and something added to it."""
        return f"{path}?{urlencode({**self.query, **added})}"


def _view(request: Request) -> View:
    exchange = exchange_of(request.scope)
    runtime: Runtime = request.app.state.runtime
    caller = exchange.caller
    assert caller is not None, "pages have a permission"
    return View(
        caller=caller,
        path=request.scope["path"],
        query={name: value for name, value in request.query_params.items() if name not in {"after", "done"}},
        now=exchange.sandbox_now or runtime.clock(),
        organisation=runtime.organisations.get(caller.tenant, caller.tenant),
    )


Viewed = Annotated[View, Depends(Given(_view))]
"""Who looks at the page, and from where."""


class Pages:
    """The pages of one feature: its templates, and where the navigation leads."""

    def __init__(self, package: str, places: Sequence[Place], **filters: Any) -> None:  # noqa: ANN401 - any filter
        self._places = tuple(places)
        self._templates = Environment(
            loader=ChoiceLoader([PackageLoader(package), PackageLoader("shared.web")]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(_FILTERS, **filters)
        self._templates.globals.update(missing=words.MISSING, share=words.share, new_id=new_id)

    def render(
        self,
        view: View,
        template: str,
        *,
        status: int = 200,
        typed: Filled | None = None,
        faults: Sequence[Fault] = (),
        done: str = "",
        **facts: object,
    ) -> Response:
        """Return a page. `typed` and `faults` are those of its form, `done` says what has just been recorded."""
        places = [place for place in self._places if place.roles & view.caller.roles]
        found = self._templates.get_template(template)
        text = found.render(view=view, places=places, typed=typed or Filled(), faults=list(faults), done=done, **facts)
        # What the template itself says, never what is found in the page: nothing that people write can loosen it.
        scripted = _SCRIPTS in found.blocks
        return HTMLResponse(text, status, {"content-security-policy": SCRIPTED_PAGE_POLICY} if scripted else None)


def went_well(address: str, receipt: Receipt, done: str) -> Response:
    """Go on to a page that waits until it can show what was recorded; `done` is the code of what it says then."""
    after = quote(after_token(receipt.positions), safe="")
    return RedirectResponse(f"{address}?after={after}&done={done}", 303)
