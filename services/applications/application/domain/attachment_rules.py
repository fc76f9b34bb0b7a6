"""The rules of the form about attachments, business secrets and what is a merit (A12, A13, A24)."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from pydantic import TypeAdapter

from services.applications.application.domain.findings import blank, error, note
from services.applications.application.domain.form import AttachedDocument, Form
from shared.contracts.applications import FundingSource
from shared.contracts.call import AttachmentRules, CallDefinition
from shared.kernel.refusals import Problem

_FORM: Final = TypeAdapter(Form)
_MEGABYTE: Final = 1_000_000
_NOWHERE: Final = object()
_DIGITS_MAX: Final = 4


def attachments_of_the_call_are_there(form: Form, call: CallDefinition, _now: datetime) -> Iterator[Problem]:
    """A24: what the call requires is attached, else refused; what it would like to have is a note."""
    attached = {document.code for document in form.attachments}
    for attachment in call.attachments:
        if attachment.code in attached:
            continue
        if attachment.required:
            yield error(
                "A24",
                "/attachments",
                f"Obligatorisk bilaga saknas: {attachment.text.sv}",
                f"A mandatory attachment is missing: {attachment.text.en}",
            )
        else:
            yield note(
                "A24",
                "/attachments",
                f"Bifoga gärna: {attachment.text.sv}",
                f"You are welcome to attach: {attachment.text.en}",
            )


def attachments_are_within_their_limits(form: Form, call: CallDefinition, _now: datetime) -> Iterator[Problem]:
    """A24: as many files as the call takes, each stored, named, known by its code, and of a size and type it takes."""
    rules = call.attachment_rules
    if len(form.attachments) > rules.files_max:
        yield error(
            "A24",
            "/attachments",
            f"Högst {rules.files_max} bilagor; ansökan har {len(form.attachments)}.",
            f"At most {rules.files_max} attachments; the application has {len(form.attachments)}.",
        )
    known = {attachment.code for attachment in call.attachments}
    times = Counter(document.file for document in form.attachments)
    for position, document in enumerate(form.attachments):
        pointer = f"/attachments/{position}"
        if blank(document.name):
            yield error("A24", f"{pointer}/name", "Bilagans namn saknas.", "The attachment's name is missing.")
        if document.code is not None and document.code not in known:
            yield error(
                "A24",
                f"{pointer}/code",
                f"Utlysningen har ingen bilaga ”{document.code}”.",
                f"The call has no attachment “{document.code}”.",
            )
        if times[document.file] > 1:
            yield error("A24", f"{pointer}/file", "Filen är bifogad flera gånger.", "The file is attached repeatedly.")
        yield from _file_problems(document, rules, pointer)


def _file_problems(document: AttachedDocument, rules: AttachmentRules, pointer: str) -> Iterator[Problem]:
    if not document.sha256:
        yield error("A24", f"{pointer}/file", "Filen har inte kommit in.", "The file has not been received.")
        return
    if document.size_bytes > rules.bytes_max:
        yield error(
            "A24",
            f"{pointer}/size_bytes",
            f"Filen är {_megabytes(document.size_bytes)} MB; högst {_megabytes(rules.bytes_max)} MB tas emot.",
            f"The file is {_megabytes(document.size_bytes)} MB; at most {_megabytes(rules.bytes_max)} MB is taken.",
        )
    if document.media_type not in rules.media_types:
        yield error(
            "A24",
            f"{pointer}/media_type",
            f"Filtypen {document.media_type} tas inte emot.",
            f"The file type {document.media_type} is not taken.",
        )


def _megabytes(size: int) -> str:
    return f"{size / _MEGABYTE:g}"


def secrets_point_to_fields(form: Form, _call: CallDefinition, _now: datetime) -> Iterator[Problem]:
    """A13: a mark names a field that is there; that it is a hint, not a decision, is noted when there is any."""
    tree = _FORM.dump_python(form, mode="json") if form.secrets else None
    for position, pointer in enumerate(form.secrets):
        if not pointer or _field_at(tree, pointer) is _NOWHERE:
            yield error(
                "A13",
                f"/secrets/{position}",
                "Sekretessmarkeringen pekar på ett fält som inte finns.",
                "The mark of a business secret points to a field that is not there.",
            )
    if form.secrets or any(document.secret for document in form.attachments):
        yield note(
            "A13",
            "/secrets",
            "Markeringen är ett stöd för sekretessprövningen, inte ett beslut om sekretess.",
            "The mark is a hint for the secrecy test, not a decision on secrecy.",
        )


def _field_at(tree: Any, pointer: str) -> object:  # noqa: ANN401 - any JSON value
    """Return what a JSON pointer (RFC 6901) leads to, `_NOWHERE` when it leads nowhere."""
    if not pointer.startswith("/"):
        return _NOWHERE
    for part in pointer[1:].split("/"):
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(tree, dict):
            tree = tree.get(name, _NOWHERE)
        elif isinstance(tree, list):
            tree = tree[int(name)] if _is_index(name) and int(name) < len(tree) else _NOWHERE
        else:
            return _NOWHERE
    return tree


def _is_index(name: str) -> bool:
    """Tell whether a part of a pointer counts in a list: digits of ASCII without a leading zero, not many."""
    return name.isascii() and name.isdigit() and len(name) <= _DIGITS_MAX and (name == "0" or name[0] != "0")


def anchoring_is_a_merit(form: Form, call: CallDefinition, _now: datetime) -> Iterator[Problem]:
    """A12: regional anchoring is a merit, never a ground to reject: where nothing shows any, it is a note."""
    asked = [question for question in call.questions if question.rule == "A12"]
    told = any(not blank(form.answers.get(question.field)) for question in asked)
    financed = any(part.source is not FundingSource.OWN for part in form.co_funding)
    if asked and not told and not financed:
        yield note(
            "A12",
            f"/answers/{asked[0].field}",
            "Regional förankring är ett mervärde: medfinansiering, avsiktsförklaringar eller engagemang.",
            "Regional anchoring is a merit: co-funding, letters of intent or engagement.",
        )


def agreements_are_as_the_call_says(form: Form, call: CallDefinition, _now: datetime) -> Iterator[Problem]:
    """A12: where others take part, what the call says of collaboration agreements is noted."""
    together = bool(form.applicant.represents or form.training.promoters)
    agreed = any("samverkansavtal" in document.name.casefold() for document in form.attachments)
    if call.agreements_note is not None and (together or agreed):
        yield note("A12", "/attachments", call.agreements_note.sv, call.agreements_note.en)
