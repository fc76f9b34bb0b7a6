"""What the pages of a draft share: their frame, their addresses, and a draft with what the rules find in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import Path
from starlette.responses import RedirectResponse, Response

from services.applications.application.domain import Checked, Form
from services.applications.application.domain.computed import flat_rate_last, without_flat_rate
from services.applications.application.domain.sections import Section
from services.applications.application.handlers import check_application, published_call
from services.applications.application.handlers.filing import with_files
from services.applications.application.pages.filling import Item
from services.applications.application.pages.form_items import items_of
from services.applications.application.pages.form_reading import form_json
from services.applications.application.schemas.checking import SectionBody, check_body
from services.applications.call.pages import BASE, PLACES
from services.applications.draft import handlers
from services.applications.draft.domain import OpenDraft
from shared.auth.actor import Actor
from shared.contents.port import ContentStore
from shared.contracts.call import CallDefinition
from shared.eventlog.port import EventLog
from shared.kernel.ids import UUID_PATTERN
from shared.kernel.refusals import Problem, Refusal
from shared.kernel.time import SWEDISH_TIME
from shared.web.pages import Crumb, Pages, View

PAGES: Final = Pages("services.applications.draft", PLACES)
DRAFTS: Final = f"{BASE}/drafts"
APPLICATIONS: Final = f"{BASE}/applications"
ABOVE: Final = Crumb("Utkast", DRAFTS)
DraftInPath = Annotated[str, Path(pattern=UUID_PATTERN)]

_DONE: Final = {
    "removed": "Utkastet är borttaget.",
    "attached": "Filen är bifogad.",
    "detached": "Filen är borttagen.",
    "imported": "Budgeten och finansieringen är hämtade ur filen.",
    "seen": "Antecknat att ni har läst rättelsen.",
}


@dataclass(frozen=True, slots=True)
class Work:
    """A draft on somebody's desk: its form with what is stored of its files, and everything that the rules find."""

    opened: OpenDraft
    call: CallDefinition
    form: Form
    checked: Checked

    @property
    def address(self) -> str:
        """Where the draft's page is."""
        return f"{DRAFTS}/{self.opened.draft.id}"

    @property
    def title(self) -> str:
        """What the draft is called."""
        return self.form.title or "Utkast utan namn"

    @property
    def saved(self) -> str:
        """When it was saved last, in words."""
        at = self.opened.draft.saved_at.astimezone(SWEDISH_TIME)
        return f"Sparat kl.\N{NO-BREAK SPACE}{at:%H.%M}"

    @property
    def sections(self) -> list[SectionBody]:
        """The sections of the form with what was found in each; those that the call does not have are left out."""
        found = check_body(self.checked).sections
        return [each for each in found if items_of(each.section, self.call, self.form)]

    def items(self, section: Section) -> list[Item]:
        """The fields of a section."""
        return items_of(section, self.call, self.form)

    def found_in(self, section: Section) -> Sequence[Problem]:
        """What the rules find in a section."""
        return next(each.problems for each in self.checked.sections if each.section is section)

    def written(self, section: Section) -> dict[str, Any]:
        """The form as JSON, for a section to show what of it people write."""
        return form_json(without_flat_rate(self.form) if section is Section.BUDGET else self.form)

    def facts(self) -> dict[str, Any]:
        """What every template about a draft is given."""
        return {"work": self, "draft": self.opened.draft, "call": self.call, "form": self.form}

    def place(self, section: Section) -> str:
        """Where a section's page is."""
        return f"{self.address}/{'attachments' if section is Section.ATTACHMENTS else f'sections/{section}'}"

    def crumbs(self) -> list[Crumb]:
        """The pages above a page of the draft."""
        return [ABOVE, Crumb(self.title, self.address)]


async def work_on(draft_id: str, actor: Actor, *, log: EventLog, contents: ContentStore, now: datetime) -> Work:
    """Return a draft with what the rules find in it by the newest version of its call. Raises as `read_draft`."""
    opened = await handlers.read_draft(draft_id, actor.scope, log=log, contents=contents)
    form = flat_rate_last(await with_files(draft_id, opened.written.form, contents))
    checked = await check_application(form, opened.written.call, log=log, now=now)
    return Work(opened, await published_call(opened.written.call, log=log), form, checked)


def said(code: str) -> str:
    """Return what a page says of what has just been done, by the code in its address."""
    return _DONE.get(code, "")


def onward(address: str, done: str = "", place: str = "") -> Response:
    """Go on to a page; `done` is the code of what it says then, `place` where on it."""
    query = f"?done={done}" if done else ""
    return RedirectResponse(f"{address}{query}{f'#{place}' if place else ''}", 303)


def page(
    view: View,
    template: str,
    work: Work,
    *,
    refusal: Refusal | None = None,
    status: int = 200,
    **facts: Any,  # noqa: ANN401 - what a template shows
) -> Response:
    """Return a page of a draft, with what was refused of its form."""
    status = refusal.status if refusal is not None else status
    return PAGES.render(view, template, status=status, crumbs=work.crumbs(), **work.facts(), **facts)
