"""SIE 4, read: bytes to a ledger that balances, or a refusal with line and reason (C4). Pure; knows no project."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from shared.kernel.money import AMOUNT_ORE_MAX
from shared.kernel.refusals import Problem, Refusal

Token = str | tuple[str, ...]

_TOKEN: Final = re.compile(
    r'[ \t]*(?:"((?:[^"\\]|\\.)*)"'  # a quoted field, in which \" is a quotation mark
    r'|\{((?:[^{}"]|"(?:[^"\\]|\\.)*")*)\}'  # an object list
    r'|([^\s"{}]+))'  # a plain field
)
_AMOUNT: Final = re.compile(r"(-?)(?:(\d{1,13})(?:\.(\d{0,2}))?|\.(\d{1,2}))")
_DATE: Final = re.compile(r"(\d{4})(\d{2})(\d{2})")
_YEARS: Final = range(2000, 2101)
_SWEDISH_CP437: Final = frozenset("åäöÅÄÖ".encode("cp437"))
_SWEDISH_LATIN_1: Final = frozenset("åäöÅÄÖ".encode("latin-1"))


class LedgerUnreadable(Refusal):
    """The file is refused whole: nothing is half-imported. The problem names line and reason."""

    rule = "C4"
    status = 422
    sv = "Huvudboksfilen kan inte läsas: rad {line}. Inget har lästs in."
    en = "The ledger file cannot be read: line {line}. Nothing was imported."


def unreadable(line: int, sv: str, en: str) -> LedgerUnreadable:
    """Return the refusal of a file because of what stands on `line` (counted from 1)."""
    return LedgerUnreadable(Problem("C4", f"/lines/{line}", sv, en), line=line)


@dataclass(frozen=True, slots=True)
class Row:
    """Transaktion (#TRANS): `position` counts from 1 in its voucher; debit is positive; `on` is empty if not given."""

    position: int
    account: str
    objects: tuple[tuple[str, str], ...]
    amount_ore: int
    on: date | None
    text: str


@dataclass(frozen=True, slots=True)
class Voucher:
    """Verifikation (#VER) with its rows, which add up to zero. `line` is where it stands in the file."""

    series: str
    number: str
    on: date
    text: str
    line: int
    rows: tuple[Row, ...]


@dataclass(slots=True)
class Ledger:
    """What one SIE file says. `encoding` names what the file is written in when that is not CP437 as it must be."""

    encoding: str | None = None
    organisation_number: str = ""
    company: str = ""
    years: dict[int, tuple[date, date]] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)
    dimensions: dict[str, str] = field(default_factory=dict)
    objects: dict[tuple[str, str], str] = field(default_factory=dict)
    vouchers: list[Voucher] = field(default_factory=list)


def decode(data: bytes) -> tuple[str, str | None]:
    """Return the text, and the name of the encoding when it is another than CP437 (then it is flagged)."""
    if data.isascii():
        return data.decode("ascii"), None
    try:
        return data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        latin_1 = sum(byte in _SWEDISH_LATIN_1 for byte in data)
        cp437 = sum(byte in _SWEDISH_CP437 for byte in data)
    if latin_1 > cp437:
        return data.decode("latin-1"), "iso-8859-1"
    return data.decode("cp437"), None


def tokens(text: str, line: int) -> list[Token]:
    """Split one line into fields; an object list becomes a tuple. Raises LedgerUnreadable."""
    found: list[Token] = []
    place = 0
    end = len(text.rstrip())
    while place < end:
        match = _TOKEN.match(text, place)
        if match is None:
            raise unreadable(line, "Citattecken eller klammer saknar sin make.", "A quote or brace has no partner.")
        quoted, objects, plain = match.groups()
        if objects is not None:
            found.append(tuple(str(token) for token in tokens(objects, line)))
        else:
            found.append(plain if quoted is None else quoted.replace('\\"', '"'))
        place = match.end()
    return found


def amount_ore(text: str, line: int) -> int:
    """Read an amount in kronor with no, one or two decimals. Raises LedgerUnreadable."""
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise unreadable(line, "Beloppet är inte ett tal med högst två decimaler.", "The amount is not a number.")
    sign, whole, decimals, only_decimals = match.groups()
    ore = int(whole or 0) * 100 + int((decimals or only_decimals or "").ljust(2, "0"))
    if ore > AMOUNT_ORE_MAX:
        raise unreadable(line, "Beloppet är orimligt stort.", "The amount is unreasonably large.")
    return -ore if sign else ore


def day(text: str, line: int) -> date:
    """Read a date written yyyyMMdd, in 2000–2100. Raises LedgerUnreadable."""
    match = _DATE.fullmatch(text)
    try:
        year, month, day_of_month = (int(part) for part in match.groups()) if match else (0, 0, 0)
        return date(year if year in _YEARS else 0, month, day_of_month)
    except ValueError:
        raise unreadable(line, "Datumet är inte ett datum (ååååmmdd).", "The date is not a date (yyyymmdd).") from None


class _Reader:
    """Reads line by line; holds the voucher that is open."""

    def __init__(self, encoding: str | None) -> None:
        self.ledger = Ledger(encoding)
        self._head: tuple[str, str, date, str, int] | None = None
        self._rows: list[Row] = []
        self._open = False
        self._seen: set[tuple[int | None, str, str]] = set()
        self._labels: dict[str, Callable[[Sequence[Token], int], None]] = {
            "#SIETYP": self._type,
            "#ORGNR": self._organisation_number,
            "#FNAMN": self._company,
            "#RAR": self._year,
            "#KONTO": self._account,
            "#DIM": self._dimension,
            "#OBJEKT": self._object,
            "#VER": self._voucher,
            "#TRANS": self._transaction,
            "{": self._begin,
            "}": self._end,
        }

    def read(self, text: str, line: int) -> None:
        """Take one line in. Labels that are not known are skipped, as the format demands."""
        stripped = text.strip()
        if stripped in {"{", "}"}:
            self._labels[stripped]((), line)
            return
        label = stripped.split(maxsplit=1)[0].upper()
        if not label.startswith("#"):
            raise unreadable(line, "Raden börjar inte med #.", "The line does not begin with #.")
        if self._head and not self._open:
            raise unreadable(line, "Verifikationen saknar sin inledande klammer.", "The voucher's brace is missing.")
        reader = self._labels.get(label)
        begins = label == "#VER" and stripped.endswith("{")  # as some programs write it: the brace on the same line
        if reader is not None:
            reader(tokens(stripped[:-1] if begins else stripped, line)[1:], line)
        if begins:
            self._begin((), line)

    def finish(self, line: int) -> Ledger:
        """Return the ledger. Raises LedgerUnreadable when the file ends inside a voucher."""
        if self._head:
            raise unreadable(line, "Filen slutar mitt i en verifikation.", "The file ends inside a voucher.")
        return self.ledger

    def _type(self, fields: Sequence[Token], line: int) -> None:
        if _text(fields, 0, line) != "4":
            raise unreadable(line, "Filen är inte av SIE-typ 4.", "The file is not of SIE type 4.")

    def _organisation_number(self, fields: Sequence[Token], line: int) -> None:
        self.ledger.organisation_number = _text(fields, 0, line, default="")

    def _company(self, fields: Sequence[Token], line: int) -> None:
        self.ledger.company = _text(fields, 0, line, default="")

    def _year(self, fields: Sequence[Token], line: int) -> None:
        number = _text(fields, 0, line)
        if not re.fullmatch(r"-?\d{1,2}", number):
            raise unreadable(line, "Räkenskapsårets nummer är inte ett tal.", "The fiscal year's number is no number.")
        self.ledger.years[int(number)] = (day(_text(fields, 1, line), line), day(_text(fields, 2, line), line))

    def _account(self, fields: Sequence[Token], line: int) -> None:
        self.ledger.accounts[_text(fields, 0, line)] = _text(fields, 1, line, default="")

    def _dimension(self, fields: Sequence[Token], line: int) -> None:
        self.ledger.dimensions[_text(fields, 0, line)] = _text(fields, 1, line, default="")

    def _object(self, fields: Sequence[Token], line: int) -> None:
        self.ledger.objects[_text(fields, 0, line), _text(fields, 1, line)] = _text(fields, 2, line, default="")

    def _voucher(self, fields: Sequence[Token], line: int) -> None:
        if self._head:
            raise unreadable(line, "En verifikation börjar inne i en annan.", "A voucher begins inside another.")
        series, number = _text(fields, 0, line).strip(), plain_number(_text(fields, 1, line))
        self._head = (series, number, day(_text(fields, 2, line), line), _text(fields, 3, line, default=""), line)

    def _transaction(self, fields: Sequence[Token], line: int) -> None:
        if not self._open:
            raise unreadable(line, "Transaktionen står utanför en verifikation.", "The row is outside a voucher.")
        objects = fields[1] if len(fields) > 1 else ""
        if isinstance(objects, str) or len(objects) % 2:
            raise unreadable(line, "Objektlistan saknas eller är udda.", "The object list is missing or odd.")
        on = _text(fields, 3, line, default="")
        self._rows.append(
            Row(
                position=len(self._rows) + 1,
                account=_text(fields, 0, line),
                objects=tuple(zip(objects[::2], objects[1::2], strict=True)),
                amount_ore=amount_ore(_text(fields, 2, line), line),
                on=day(on, line) if on else None,
                text=_text(fields, 4, line, default=""),
            )
        )

    def _begin(self, _fields: Sequence[Token], line: int) -> None:
        if not self._head or self._open:
            raise unreadable(line, "Klammern hör inte till en verifikation.", "The brace belongs to no voucher.")
        self._open = True

    def _end(self, _fields: Sequence[Token], line: int) -> None:
        if not self._head or not self._open:
            raise unreadable(line, "Klammern avslutar ingen verifikation.", "The brace ends no voucher.")
        series, number, on, text, at = self._head
        difference = sum(row.amount_ore for row in self._rows)
        if difference:
            raise unreadable(
                at,
                f"Verifikation {series} {number} balanserar inte: {difference / 100:.2f} kr skiljer.",
                f"Voucher {series} {number} does not balance: {difference / 100:.2f} kr differ.",
            )
        self._refuse_a_second(series, number, on, at)
        self.ledger.vouchers.append(Voucher(series, number, on, text, at, tuple(self._rows)))
        self._head, self._rows, self._open = None, [], False

    def _refuse_a_second(self, series: str, number: str, on: date, line: int) -> None:
        key = (fiscal_year(self.ledger, on), series, number)
        if number and key in self._seen:
            raise unreadable(line, f"Verifikation {series} {number} finns två gånger.", "A voucher is there twice.")
        self._seen.add(key)


def _text(fields: Sequence[Token], place: int, line: int, default: str | None = None) -> str:
    """Return the field at `place`. Raises LedgerUnreadable when it is missing and has no default."""
    found = fields[place] if place < len(fields) else default
    if not isinstance(found, str):
        raise unreadable(line, f"Fält {place + 1} saknas.", f"Field {place + 1} is missing.")
    return found


def plain_number(written: str) -> str:
    """Return a voucher number as it is told from others: `01` is 1 (C5)."""
    number = written.strip()
    return (number.lstrip("0") or "0") if number.isascii() and number.isdecimal() else number


def fiscal_year(ledger: Ledger, on: date) -> int | None:
    """Return the first day, as yyyymmdd, of the fiscal year (#RAR) that `on` is in; None outside every one."""
    for first, last in ledger.years.values():
        if first <= on <= last:
            return int(f"{first:%Y%m%d}")
    return None


def parse(data: bytes) -> Ledger:
    """Read a SIE 4 file (`.se` or `.si`). Raises LedgerUnreadable with line and reason; never anything else."""
    text, encoding = decode(data)
    lines = text.rstrip("\x1a\r\n\t ").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    reader = _Reader(encoding)
    begun = False
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        if not begun and not line.strip().upper().startswith("#FLAGGA"):
            raise unreadable(number, "Filen börjar inte med #FLAGGA: det är ingen SIE-fil.", "This is no SIE file.")
        begun = True
        reader.read(line, number)
    if not begun:
        raise unreadable(1, "Filen är tom.", "The file is empty.")
    return reader.finish(len(lines))
