"""A bookkeeping file as an organisation's system would export it (SIE 4, CP437): project rows among others."""

from dataclasses import dataclass

from deploy.demo.testdata import Owner

PROJECT_OBJECT = "P23"
SERIES = "A"
FISCAL_YEAR = 20230101
_BANK = "1930"


@dataclass(frozen=True, slots=True)
class Cost:
    """A cost of the project: voucher number, account, category it belongs to, date (yyyymmdd), amount, text."""

    number: str
    account: str
    category: str
    on: str
    amount_ore: int
    text: str


def sie_file(owner: Owner, costs: list[Cost]) -> bytes:
    """Return the ledger of `owner` with `costs` on the project's object; every voucher balances."""
    lines = [
        "#FLAGGA 0",
        '#PROGRAM "Testbok" 1.0',
        "#FORMAT PC8",
        "#GEN 20231101",
        "#SIETYP 4",
        f"#ORGNR {owner.orgnr[:6]}-{owner.orgnr[6:]}",
        f'#FNAMN "{owner.name}"',
        "#RAR 0 20230101 20231231",
        "#KPTYP EUBAS97",
        f'#KONTO {_BANK} "Företagskonto"',
        '#KONTO 7210 "Löner till tjänstemän"',
        '#KONTO 6550 "Konsultarvoden"',
        '#KONTO 5800 "Resekostnader"',
        '#KONTO 6250 "Postbefordran"',
        f'#OBJEKT 6 "{PROJECT_OBJECT}" "Säker digitalisering"',
        *(line for cost in costs for line in _voucher(cost)),
        '#VER A "900" 20230601 "Inte projektets"',
        "{",
        "\t#TRANS 6550 {} 1500.00",
        f"\t#TRANS {_BANK} {{}} -1500.00",
        "}",
    ]
    return ("\r\n".join(lines) + "\r\n").encode("cp437")


def _voucher(cost: Cost) -> list[str]:
    amount = f"{cost.amount_ore // 100}.{cost.amount_ore % 100:02d}"
    return [
        f'#VER {SERIES} "{cost.number}" {cost.on} "{cost.text}"',
        "{",
        f'\t#TRANS {cost.account} {{6 "{PROJECT_OBJECT}"}} {amount} {cost.on} "{cost.text}"',
        f"\t#TRANS {_BANK} {{}} -{amount}",
        "}",
    ]
