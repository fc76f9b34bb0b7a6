"""Commands of completion: ask, answer, and read what was asked, answered and changed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from services.applications.application.domain import APPLICATIONS, KeptForm
from services.applications.application.domain.completing import (
    AnswerCompletion,
    AskCompletion,
    Versions,
    answer_completion,
    answer_problems,
    ask_completion,
    consequence,
)
from services.applications.application.domain.differences import Difference, differences
from services.applications.application.handlers.arriving import FORM, keep_form
from services.applications.application.handlers.filing import with_files
from services.applications.application.handlers.handling import WORDS
from services.applications.application.handlers.keeping import call_of, keep, kept, submission
from services.applications.application.projections import ApplicationRow, CompletionRow
from shared.contents.port import ContentStore
from shared.contracts.applications import CompletionKind
from shared.contracts.call import Text
from shared.eventlog.port import CommandContext, EventLog, Receipt
from shared.kernel.refusals import NotFound


@dataclass(frozen=True, slots=True)
class ReadCompletion:
    """A request with its words, what follows without an answer, and what the answer changed."""

    row: CompletionRow
    words: str | None
    consequence: Text
    differences: Sequence[Difference]


async def request_completion(
    command: AskCompletion, words: str, *, log: EventLog, contents: ContentStore, context: CommandContext
) -> Receipt:
    """Ask for a completion. Raises what `domain.completing.ask_completion` refuses."""
    call = await call_of(command.application, command.scope, log)
    version = await submission(command.application, command.scope, log)
    form = await form_json(command.application, version.contents, contents)
    reference = await keep(command.application, WORDS, words, contents)
    return await log.decide(
        APPLICATIONS.at(command.application),
        lambda application: ask_completion(application, command, form, call, contents=reference, now=context.now),
        context,
    )


async def complete_application(
    command: AnswerCompletion, *, log: EventLog, contents: ContentStore, context: CommandContext
) -> Receipt:
    """Answer a request with a new version of the form. Raises what `domain.completing.answer_completion` refuses.

    A refusal is left to the log, which first looks whether the same request was received before.
    """
    call = await call_of(command.application, command.scope, log)
    state = (await log.load(APPLICATIONS.at(command.application))).state
    mended = state.seen_by(command.scope).contents
    command = replace(command, form=await with_files(command.application, command.form, contents))
    before = await form_json(command.application, mended, contents)
    versions = Versions(mended, before, FORM.dump_python(command.form, mode="json"))
    if not any(each.request_id == command.request_id for each in state.handling.completions):
        raise NotFound
    may_be_received = not answer_problems(state, command, call, versions)
    form = await keep_form(command.application, command.form, contents) if may_be_received else KeptForm("")
    return await log.decide(
        APPLICATIONS.at(command.application),
        lambda application: answer_completion(application, command, call, versions, kept=form, now=context.now),
        context,
    )


async def read_completion(row: ApplicationRow, request_id: str, *, contents: ContentStore) -> ReadCompletion:
    """Return one request of a case. Raises NotFound."""
    asked = next((each for each in row["completions"] if each["request_id"] == request_id), None)
    if asked is None:
        raise NotFound
    words = await kept(row["_id"], asked["contents"], contents)
    return ReadCompletion(
        asked,
        WORDS.validate_json(words) if words is not None else None,
        consequence(CompletionKind(asked["kind"]), date.fromisoformat(asked["due_on"])),
        await _changed(row["_id"], asked, contents),
    )


async def form_json(application_id: str, reference: str, contents: ContentStore) -> Any:  # noqa: ANN401 - any JSON
    """Return a kept form as JSON. Raises NotFound for one that is gone."""
    form = await _kept_form(application_id, reference, contents)
    if form is None:
        raise NotFound
    return form


async def _kept_form(application_id: str, reference: str, contents: ContentStore) -> Any:  # noqa: ANN401 - any JSON
    """Return a kept form with every field that a form has now, so that only what people wrote differs; or None."""
    form = await kept(application_id, reference, contents)
    return FORM.dump_python(FORM.validate_json(form), mode="json") if form is not None else None


async def _changed(application_id: str, asked: CompletionRow, contents: ContentStore) -> list[Difference]:
    """Return what an answer changed; nothing before it, or when a version was disposed of."""
    if asked["answer"] is None:
        return []
    before = await _kept_form(application_id, asked["version"], contents)
    after = await _kept_form(application_id, asked["answer"], contents)
    return list(differences(before, after)) if before is not None and after is not None else []
