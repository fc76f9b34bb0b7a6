"""Verifying a payment request: every line judged, the flat rate following, overruns decided (C6, C8, A19). Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from services.reporting.costs.domain.account import Account, SameVerifierAndApprover
from services.reporting.costs.domain.requests import PaymentRequest
from services.reporting.costs.domain.terms import GrantTerms, as_amounts, per_category
from shared.contracts.call import CATEGORY_NAMES, BudgetCategory
from shared.contracts.reporting import CostsApproved, CostsVerified, LineOutcome, OverrunNeeds
from shared.kernel.decisions import Decision
from shared.kernel.ids import PaymentRequestId
from shared.kernel.money import kronor_text
from shared.kernel.refusals import NotFound, Problem, Refusal


class Reason(StrEnum):
    """Why a line is not approved in full (feltyp)."""

    NOT_INCURRED = "not-incurred"
    NOT_PAID = "not-paid"
    NOT_THE_PROJECTS = "not-the-projects"
    NO_VOUCHER = "no-voucher"
    RECOVERABLE_VAT = "recoverable-vat"
    PROCUREMENT = "procurement"
    WRONG_CATEGORY = "wrong-category"
    UNREASONABLE = "unreasonable"
    UNCLEAR = "unclear"


class AlreadyVerified(Refusal):
    """A payment request is verified once; a later change is a correction (C10)."""

    rule = "C8"
    sv = "Ansökan om utbetalning är redan granskad."
    en = "The payment request has already been verified."


class VerificationIncomplete(Refusal):
    """Every line must be judged, its amounts must add up, and what is not approved must have a reason."""

    rule = "C8"
    status = 422
    sv = "Granskningen är inte fullständig."
    en = "The verification is not complete."


class OverrunNotDecided(Refusal):
    """Cost so far above a category's budget is approved only after a decision has changed the budget."""

    rule = "A19"
    sv = (
        "Godkända kostnader blir så mycket högre än beslutad budget att det kräver ett beslut. "
        "Besluta om ändrad budget först, eller underkänn så mycket att det inte behövs. "
        "Schablonen följer de kostnader som den räknas på."
    )
    en = (
        "Approved costs would exceed the granted budget by so much that it needs a decision. "
        "Decide on a changed budget first, or disallow so much that none is needed. "
        "The flat rate follows the costs that it is computed on."
    )


@dataclass(frozen=True, slots=True)
class JudgedLine:
    """A controller's judgement of one line, in öre; `reason` is needed unless everything is approved."""

    line: int
    approved_ore: int
    disallowed_ore: int = 0
    parked_ore: int = 0
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class VerifyCosts:
    """Judge every line of a request. `contents` refers to the controller's words."""

    payment_request_id: PaymentRequestId
    terms: GrantTerms
    verified_by: str
    judged: tuple[JudgedLine, ...]
    contents: str


def _problems(request: PaymentRequest, judged: tuple[JudgedLine, ...]) -> Iterator[Problem]:
    claimed = {line.line: line.claimed_ore for line in request.lines}
    seen: set[int] = set()
    for number, line in enumerate(judged):
        at = f"/lines/{number}"
        if line.line not in claimed or line.line in seen:
            yield _problem(
                f"{at}/line", "Raden finns inte, eller står två gånger.", "No such line, or it is there twice."
            )
            continue
        seen.add(line.line)
        if line.approved_ore + line.disallowed_ore + line.parked_ore != claimed[line.line]:
            yield _problem(
                at,
                f"Rad {line.line}: godkänt, underkänt och vilande ska tillsammans bli det redovisade beloppet.",
                f"Line {line.line}: approved, disallowed and parked must add up to what was claimed.",
            )
        elif line.parked_ore:
            yield _problem(
                f"{at}/parked_ore",
                "En rad kan inte läggas vilande: den kan inte komma tillbaka. Godkänn eller underkänn hela beloppet.",
                "A line cannot be parked: it could not come back. Approve or disallow the whole amount.",
            )
        elif line.approved_ore != claimed[line.line] and line.reason is None:
            yield _problem(
                f"{at}/reason", "Ange skäl när raden inte godkänns helt.", "State why it is not fully approved."
            )
    for missing in sorted(claimed.keys() - seen):
        yield _problem("/lines", f"Rad {missing} är inte bedömd.", f"Line {missing} has not been judged.")


def _problem(pointer: str, sv: str, en: str) -> Problem:
    return Problem("C8", pointer, sv, en)


def _outcomes(request: PaymentRequest, judged: tuple[JudgedLine, ...]) -> list[LineOutcome]:
    category = {line.line: line.category for line in request.lines}
    return [
        LineOutcome(
            line=line.line,
            category=category[line.line],
            approved_ore=line.approved_ore,
            disallowed_ore=line.disallowed_ore,
            parked_ore=line.parked_ore,
            reason=line.reason or "",
        )
        for line in sorted(judged, key=lambda line: line.line)
    ]


def _undecided(account: Account, terms: GrantTerms, approved: dict[BudgetCategory, int]) -> Iterator[Problem]:
    """Yield the categories in which what is approved now, with what was approved before, needs a decision (A19)."""
    for category, ore in approved.items():
        accumulated_ore = account.approved.get(category, 0) + ore
        if terms.overrun_needs(category, accumulated_ore) is OverrunNeeds.DECISION:
            name = CATEGORY_NAMES[category]
            over = kronor_text(terms.over_budget_ore(category, accumulated_ore))
            yield Problem(
                OverrunNotDecided.rule,
                "/lines",
                f"{name.sv}: {over} skulle bli godkänt över beslutad budget.",
                f"{name.en}: {over} would be approved above the granted budget.",
            )


def verify(request: PaymentRequest, account: Account, command: VerifyCosts) -> Decision:
    """Granska kostnader: every line, its parts adding up to what was claimed; the flat rate follows (C6, C8).

    Parking is refused: a parked amount would keep its claim on the voucher row (C5), and a later request could not
    take it up again, so it would be lost. An overrun counts here by what is approved, not by what was claimed: what is
    disallowed needs no decision.

    Raises NotFound, AlreadyVerified, SameVerifierAndApprover (C9), VerificationIncomplete and OverrunNotDecided (A19),
    both with every problem.
    """
    if request.project != command.terms.project:
        raise NotFound
    if request.verified_by:
        raise AlreadyVerified
    if command.verified_by in account.approved_by:
        raise SameVerifierAndApprover
    problems = tuple(_problems(request, command.judged))
    if problems:
        raise VerificationIncomplete(*problems)
    outcomes = _outcomes(request, command.judged)
    direct = [(outcome.category, outcome.approved_ore) for outcome in outcomes]
    flat_rate_ore = command.terms.flat_rate_ore(direct)
    approved = per_category([*direct, (BudgetCategory.FLAT_RATE, flat_rate_ore)])
    undecided = tuple(_undecided(account, command.terms, approved))
    if undecided:
        raise OverrunNotDecided(*undecided)
    verified = CostsVerified(
        payment_request_id=command.payment_request_id,
        project=command.terms.project,
        verified_by=command.verified_by,
        lines=outcomes,
        flat_rate_approved_ore=flat_rate_ore,
        contents=command.contents,
    )
    credited = CostsApproved(
        project=command.terms.project,
        payment_request_id=command.payment_request_id,
        verified_by=command.verified_by,
        approved=as_amounts(approved),
    )
    return Decision(
        {
            f"payment-request/{command.payment_request_id}": [verified],
            f"account/{command.terms.project}": [credited],
        }
    )
