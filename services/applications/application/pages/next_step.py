"""What a case waits for, told in a word to whoever looks through the list."""

from services.applications.application.projections import ApplicationRow


def next_step(row: ApplicationRow, person: str) -> str:
    """Return what a case waits for next, as `person` at the agency sees it; empty when it is decided.

    The list says what is most in the way; the case itself says all that is (A22).
    """
    if row["status"] == "withdrawn":
        return "Skriv av"
    if row["status"] == "granted":
        return "Väntar på att bifallet accepteras"
    if row["status"] != "submitted":
        return ""
    waits = (
        (row["case_number"] is None, "Diarieför"),
        (row["officer"] is None, "Utse handläggare"),
        (person not in row["cleared"], "Pröva jäv"),
        (row["late"], "Avvisa: kom in för sent"),
        (any(one["status"] == "open" for one in row["completions"]), "Väntar på komplettering"),
        (not row["signed"], "Väntar på underskrift"),
        (row["contacts"] == 0, "Kontakta sökanden"),
        (not row["consolidated"], "Bedöm och väg samman"),
        (row["proposal"] is not None and not row["proposal"]["confirmed"], "Väntar på reviderad budget"),
    )
    return next((text for holds, text in waits if holds), "Besluta")
