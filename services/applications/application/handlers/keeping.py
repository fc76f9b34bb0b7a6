"""What handlers share: the contents that facts only refer to, and what a decision reads beside its own stream.

Contents are stored before the fact that names them, and only when the application exists and would be received, so
that nothing is kept of those who were refused; an orphan of a later refusal is unreadable from any fact.
"""

from typing import Any

from pydantic import TypeAdapter

from services.applications.application.domain import APPLICATIONS, CallNotPublished
from services.applications.call.domain import CALLS
from shared.contents.port import ContentGoneError, ContentStore
from shared.contracts.applications import ApplicationVersion
from shared.contracts.call import CallDefinition
from shared.eventlog.port import EventLog
from shared.kernel.tenancy import TenantScope


async def newest(call_id: str, log: EventLog) -> CallDefinition:
    """Return the newest version of a call. Raises CallNotPublished."""
    found = (await log.load(CALLS.at(call_id))).state.newest
    if found is None:
        raise CallNotPublished
    return found


async def submission(application_id: str, scope: TenantScope, log: EventLog) -> ApplicationVersion:
    """Return the submission to those it concerns. Raises NotFound."""
    return (await log.load(APPLICATIONS.at(application_id))).state.seen_by(scope)


async def call_of(application_id: str, scope: TenantScope, log: EventLog) -> CallDefinition:
    """Return the version of its call that an application is pinned to. Raises NotFound."""
    version = await submission(application_id, scope, log)
    call = (await log.load(CALLS.at(version.call))).state
    return call.pinned(version.call_version)


def owner(application_id: str) -> str:
    """Return whose key an application's contents have."""
    return f"application/{application_id}"


async def keep(application_id: str, form: TypeAdapter[Any], content: object, contents: ContentStore) -> str:
    """Store `content` as JSON under the application's own key and return its reference."""
    return await contents.put(owner(application_id), form.dump_json(content))


async def kept(application_id: str, reference: str | None, contents: ContentStore) -> bytes | None:
    """Return a content, None when there is none or it was disposed of."""
    if reference is None:
        return None
    try:
        return await contents.get(owner(application_id), reference)
    except ContentGoneError:
        return None
