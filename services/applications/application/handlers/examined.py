"""Who may read the contents of a case: its applicant, and at the agency who has declared no conflict of interest."""

from services.applications.application import views
from services.applications.application.domain.refusals import ConflictNotDeclared
from services.applications.application.projections import ApplicationRow
from shared.auth.actor import Actor
from shared.kernel.refusals import NotFound
from shared.mongo import Database


async def examined_row(application_id: str, actor: Actor, db: Database) -> ApplicationRow:
    """Return a case to its organisation, and at the agency to who has declared no conflict of interest.

    Raises NotFound, ConflictNotDeclared.
    """
    reader = views.Reader.of(actor)
    row = await views.find_application(db, reader, application_id)
    if row is None:
        raise NotFound
    if not reader.may_examine(row):
        raise ConflictNotDeclared
    return row
