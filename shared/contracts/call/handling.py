"""The parts of a call that say how it is asked, assessed, decided, changed and reported."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from shared.contracts.call.basics import AmountOre, Code, RuleId, ShareBp, Text
from shared.contracts.event import Value

MediaType = Annotated[str, Field(pattern=r"^[a-z]+/[a-z0-9.+-]+$", max_length=100)]


class Criterion(Value):
    """What an assessor scores, on the scale `score_min`..`score_max`. `weight` is recorded, shown, not enforced."""

    code: Code
    text: Text
    score_min: int
    score_max: int
    weight: Annotated[int, Field(ge=1, le=100)]


class Assessment(Value):
    """How applications are assessed before anybody decides (A16)."""

    assessors_min: Annotated[int, Field(ge=1, le=10)]
    criteria: Annotated[list[Criterion], Field(min_length=1, max_length=50)]


class LegalBasis(Value):
    """A provision that a decision rests on, in force from–to; whether the decision may be appealed, to whom (A18)."""

    code: Code
    text: Text
    in_force_from: date
    in_force_to: date | None = None
    appealable: bool
    appeal_to: Text | None = None
    appeal_days: Annotated[int, Field(ge=1, le=365)] = 21


class ApprovalRole(StrEnum):
    """Who at the agency may have a part in approving a payout, named as in tokens (C9)."""

    PAYMENT_APPROVER = "agency.payment_approver"
    DECISION_MAKER = "agency.decision_maker"


class ApprovalLevel(Value):
    """Attestnivå: a payout of at most `up_to_ore` is approved by somebody who holds all of `roles` (C9)."""

    up_to_ore: AmountOre
    roles: Annotated[list[ApprovalRole], Field(min_length=1)]


class Reporting(Value):
    """Limits of payment requests (C1, C3) and who must approve which payout (C9).

    Of `approval_levels` the lowest that reaches the amount holds; an amount that none reaches (all of them when there
    are none) needs every approval role in one person. Payment approver is always among those needed.
    """

    request_months_min: Annotated[int, Field(ge=1, le=24)]
    request_months_max: Annotated[int, Field(ge=1, le=24)]
    paid_on_latest: date
    approval_levels: Annotated[list[ApprovalLevel], Field(default_factory=list, max_length=20)]


class Question(Value):
    """A question of the form: where its answer lives in the application and whether it must be answered.

    `only_for_themes` (empty: every theme) and `only_with_staff_training` say of which applications it is asked.
    """

    field: Annotated[str, Field(pattern=r"^[a-z_]+$", max_length=60)]
    rule: RuleId
    text: Text
    help: Text | None = None
    characters_max: Annotated[int, Field(ge=1, le=20_000)] = 5000
    required: bool = True
    only_for_themes: Annotated[list[Code], Field(default_factory=list, max_length=50)]
    only_with_staff_training: bool = False


class Attachment(Value):
    """An attachment that the call names (A24): a required one must be there, another is asked for."""

    code: Code
    text: Text
    required: bool


class AttachmentRules(Value):
    """How many files an application may have, how large, and of which types (A24)."""

    files_max: Annotated[int, Field(ge=0, le=100)] = 30
    bytes_max: Annotated[int, Field(ge=1, le=10_000_000)] = 10_000_000
    media_types: list[MediaType] = Field(
        default_factory=lambda: [
            "application/pdf",
            "image/png",
            "image/jpeg",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ],
        min_length=1,
        max_length=20,
    )


class Declaration(Value):
    """Försäkran: something that the applicant must declare, with the rule that asks for it (A23)."""

    code: Code
    rule: RuleId
    text: Text


class AidBeneficiary(StrEnum):
    """Who receives the state aid (A23)."""

    APPLICANT = "applicant"
    COMPANIES = "companies"


class Handling(Value):
    """Times of the handling: answers to a completion, a request for a decision (12 § förvaltningslagen)."""

    completion_days: Annotated[int, Field(ge=1, le=365)] = 14
    revised_budget_days: Annotated[int, Field(ge=1, le=365)] = 14
    decision_request_after_months: Annotated[int, Field(ge=1, le=60)] = 6
    decision_request_answer_weeks: Annotated[int, Field(ge=1, le=52)] = 4


class ChangeKind(StrEnum):
    """What a project may ask to change after the decision (A19)."""

    PERIOD = "period"
    BUDGET = "budget"
    ACTIVITIES = "activities"
    FINANCING = "financing"
    DIRECTION = "direction"
    PROJECT_MANAGER = "project-manager"


class ChangeDecider(StrEnum):
    """Who decides on a change, named as in tokens (A19)."""

    CASE_OFFICER = "agency.case_officer"
    DECISION_MAKER = "agency.decision_maker"


class ChangeRule(Value):
    """A kind of change that a project may ask for, and who decides on it (A19)."""

    kind: ChangeKind
    decided_by: ChangeDecider


class Overrun(Value):
    """When a category above its budget needs a decision (A19): above the share, and then from `decision_ore_min` on."""

    share_bp: ShareBp = 2_000
    decision_ore_min: AmountOre = 5_000_000


class Contact(Value):
    """Where applicants turn: a function, not a person."""

    name: Text
    email: Annotated[str, Field(max_length=200)]
