"""Requests to the reporting service on a real MongoDB: one granted project of ours, one of somebody else."""

from typing import Any

import httpx2

from shared.kernel.ids import ApplicationId
from tests.unit.reporting.desk import Reporting, bearer
from tests.unit.reporting.facts import identifier

PROJECT = ApplicationId(identifier(9, 1))
THEIRS = ApplicationId(identifier(9, 2))
LEDGER = """#FLAGGA 0
#FORMAT PC8
#SIETYP 4
#FNAMN "Testparken Norr (testdata)"
#RAR 0 20230101 20231231
#OBJEKT 6 "P1" "Säker digitalisering"
#VER A 1 20230415 "Löner april"
{
\t#TRANS 7210 {6 "P1"} 100000.00
\t#TRANS 1930 {} -100000.00
}
#VER A 2 20230420 "Tågresa"
{
\t#TRANS 5810 {6 "P1"} 2000.50
\t#TRANS 1930 {} -2000.50
}
#VER A 3 20230228 "För tidigt"
{
\t#TRANS 6550 {6 "P1"} 500
\t#TRANS 1930 {} -500
}
#VER A 4 20230701 "Löner juli"
{
\t#TRANS 7210 {6 "P1"} 50000
\t#TRANS 1930 {} -50000
}
"""


class Desk:
    """Requests to the service."""

    def __init__(self, client: httpx2.AsyncClient, reporting: Reporting) -> None:
        self.client = client
        self.reporting = reporting

    async def post(self, who: str, path: str, body: object, **headers: str) -> httpx2.Response:
        return await self.client.post(f"/reporting/v1{path}", json=body, headers=bearer(who, **headers))

    async def get(self, who: str, path: str, prefix: str = "/reporting/v1") -> httpx2.Response:
        return await self.client.get(prefix + path, headers=bearer(who))

    async def import_ledger(
        self, who: str = "economist", project: str = PROJECT, text: str = LEDGER, project_object: str = "P1"
    ) -> httpx2.Response:
        return await self.client.post(
            f"/reporting/v1/projects/{project}/ledgers?object={project_object}",
            content=text.encode("cp437"),
            headers=bearer(who, content_type="application/octet-stream"),
        )

    async def report(self, *lines: tuple[str, int], first: str = "2023-03-01", last: str = "2023-06-30") -> Any:  # noqa: ANN401 - a response
        ledger = (await self.import_ledger()).json()["ledger"]
        body = {
            "period_from": first,
            "period_to": last,
            "ledger": ledger,
            "progress_report": "Introduktionen är genomförd.",
            "lines": [{**a_line(number, ore), "supplier": "Testleverantören (testdata)"} for number, ore in lines],
        }
        return await self.post("economist", f"/projects/{PROJECT}/payment-requests", body)


def a_line(number: str, claimed_ore: int) -> dict[str, Any]:
    voucher = {"fiscal_year": 20230101, "series": "A", "number": number, "row": 1}
    return {"voucher": voucher, "claimed_ore": claimed_ore}
