"""The form as a whole: who applies, for what, and everything that is described, paid and attached."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from services.applications.application.domain.form.describing import Dissemination, ProjectLogic, TrainingPlan
from services.applications.application.domain.form.paying import BudgetItem, CoFunder, CoFundingKind, StateAid
from shared.contracts.applications import AttachedFile, BudgetAmount, CashCoFunding
from shared.contracts.call import BudgetCategory


@dataclass(frozen=True, slots=True)
class RepresentedPromoter:
    """A promoter that a region applies for, and how it meets what is asked of applicants (A3)."""

    name: str
    organisation_number: str
    qualifies: str = ""


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who applies: name and organisation number as the applicant writes them; a region applies for a group (A3)."""

    name: str
    organisation_number: str
    is_region: bool = False
    represents: tuple[RepresentedPromoter, ...] = ()


@dataclass(frozen=True, slots=True)
class AttachedDocument:
    """Bilaga: a file that the applicant has sent, and what it is (A24).

    `code` is the call's code of the attachment, None for what the call does not name. `secret` marks it as a business
    secret (A13). Type, size in bytes and hash (SHA-256, hexadecimal) are those of the stored file, never the sender's
    own word; without a hash no stored file has been found behind the reference.
    """

    file: str
    code: str | None
    name: str
    media_type: str = ""
    size_bytes: int = 0
    sha256: str = ""
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """Ansökan as it is filled in.

    `answers` are keyed by the field of the call's question. `declarations` are codes of what the call asks to be
    declared (A23). `secrets` are JSON pointers to fields of this form that hold business secrets (A13).
    """

    applicant: Applicant
    title: str = ""
    counties: tuple[str, ...] = ()
    theme: str | None = None
    theme_own_words: str | None = None
    global_goals: tuple[int, ...] = ()
    starts_on: date | None = None
    ends_on: date | None = None
    companies_planned: int | None = None
    hours_per_company_planned: int | None = None
    hours_planned: int | None = None
    women_planned: int | None = None
    men_planned: int | None = None
    budget: tuple[BudgetItem, ...] = ()
    amount_applied_ore: int = 0
    co_funding: tuple[CoFunder, ...] = ()
    staff_training_persons: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    logic: ProjectLogic = field(default_factory=ProjectLogic)
    dissemination: tuple[Dissemination, ...] = ()
    training: TrainingPlan = field(default_factory=TrainingPlan)
    aid: StateAid = field(default_factory=StateAid)
    declarations: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    attachments: tuple[AttachedDocument, ...] = ()

    @property
    def budget_total_ore(self) -> int:
        """The project's total budget."""
        return sum(item.amount_ore for item in self.budget)

    @property
    def staff_training_ore(self) -> int:
        """What the lines tagged as staff training add up to (A10)."""
        return sum(item.amount_ore for item in self.budget if item.staff_training)

    @property
    def persons_trained(self) -> int:
        """How many are trained: what the plan adds up to, or the bare number where the plan names nobody (A10)."""
        return self.training.persons or self.staff_training_persons

    @property
    def files(self) -> list[AttachedFile]:
        """The attachments as facts carry them, without names."""
        return [
            AttachedFile(
                file=document.file,
                code=document.code,
                media_type=document.media_type,
                size_bytes=document.size_bytes,
                sha256=document.sha256,
                secret=document.secret,
            )
            for document in self.attachments
        ]

    @property
    def cash_ore(self) -> int:
        """Cash co-funding; in-kind counts 0 (A5)."""
        return sum(part.amount_ore for part in self.cash)

    @property
    def cash(self) -> list[CashCoFunding]:
        """The cash parts of the co-funding, without names."""
        return [
            CashCoFunding(source=part.source, amount_ore=part.amount_ore)
            for part in self.co_funding
            if part.kind is CoFundingKind.CASH
        ]

    @property
    def budget_by_category(self) -> list[BudgetAmount]:
        """The budget as facts carry it: one amount per category that has any."""
        sums = {
            category: sum(item.amount_ore for item in self.budget if item.category is category)
            for category in BudgetCategory
        }
        return [BudgetAmount(category=category, amount_ore=ore) for category, ore in sums.items() if ore]

    @property
    def heading(self) -> "Heading":
        """What a list shows of an application."""
        return Heading(self.title, self.applicant.name)


@dataclass(frozen=True, slots=True)
class Heading:
    """The project's title and the applicant's name: what lists show and searches find."""

    title: str
    applicant: str


_WORD: Final = re.compile(r"\w+")
_WORDS_MAX: Final = 60


def words_of(text: str) -> list[str]:
    """Return the different words of a text as searches compare them: case-folded, in order, at most sixty."""
    return list(dict.fromkeys(_WORD.findall(text.casefold())))[:_WORDS_MAX]
