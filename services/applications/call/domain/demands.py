"""What a sound call may demand of those who apply, report and decide: what can be given, kept and relied on."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from shared.contracts.call import CallDefinition
from shared.kernel.refusals import Problem

MEDIA_TYPES: Final = frozenset(
    {
        "application/pdf",
        "image/png",
        "image/jpeg",
        "text/plain",
        "text/csv",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.oasis.opendocument.text",
        "application/vnd.oasis.opendocument.spreadsheet",
    }
)
"""What an attachment may be: documents, tables and pictures, nothing that runs (A24)."""


def attachments_can_be_given(definition: CallDefinition) -> Iterator[Problem]:
    """A24: files are of known types, and not more are required than an application may have."""
    rules = definition.attachment_rules
    for position, kind in enumerate(rules.media_types):
        if kind not in MEDIA_TYPES:
            yield Problem(
                "A24",
                f"/attachment_rules/media_types/{position}",
                f"Utlysningen känner inte filtypen ”{kind}”.",
                f"The call knows no file type “{kind}”.",
            )
    if rules.files_max < sum(attachment.required for attachment in definition.attachments):
        yield Problem(
            "A24",
            "/attachment_rules/files_max",
            "Fler bilagor krävs än en ansökan får ha.",
            "More attachments are required than an application may have.",
        )


def report_dates_are_within(definition: CallDefinition) -> Iterator[Problem]:
    """A18: dates of reports differ, and are between the call's opening and its final report."""
    first, last = definition.opens_on, definition.period.final_report_on_latest
    for position, day in enumerate(definition.report_dates):
        if not first <= day <= last or day in definition.report_dates[:position]:
            yield Problem(
                "A18",
                f"/report_dates/{position}",
                f"Rapportdatum ska vara olika, tidigast {first} och senast {last}.",
                f"Report dates differ, and are between {first} and {last}.",
            )


def reporting_fits(definition: CallDefinition) -> Iterator[Problem]:
    """C1, C9: periods of payment requests run from shorter to longer, levels of approval from lower to higher."""
    reporting = definition.reporting
    if reporting.request_months_min > reporting.request_months_max:
        yield Problem(
            "C1",
            "/reporting/request_months_max",
            "Längsta period är kortare än den kortaste.",
            "The longest period is shorter than the shortest.",
        )
    limits = [level.up_to_ore for level in reporting.approval_levels]
    for position, (lower, higher) in enumerate(pairwise(limits), start=1):
        if lower >= higher:
            yield Problem(
                "C9",
                f"/reporting/approval_levels/{position}/up_to_ore",
                "Attestnivåerna ska stå med stigande belopp.",
                "Approval levels must be in order of rising amounts.",
            )


def legal_bases_are_in_force_forwards(definition: CallDefinition) -> Iterator[Problem]:
    """A18: a provision enters into force before it ends."""
    for position, basis in enumerate(definition.legal_bases):
        if basis.in_force_to is not None and basis.in_force_to < basis.in_force_from:
            yield Problem(
                "A18",
                f"/legal_bases/{position}/in_force_to",
                "Bestämmelsen upphör innan den börjar gälla.",
                "The provision ends before it enters into force.",
            )
