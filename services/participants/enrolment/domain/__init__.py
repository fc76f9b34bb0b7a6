"""The rules of taking part: small or medium-sized (P2), size and motive (P3), a granted project (P6)."""

from services.participants.enrolment.domain.decisions import (
    EnrolCompany,
    NameRepresentative,
    WithdrawEnrolment,
    enrol,
    name_representative,
    require_known,
    withdraw,
)
from services.participants.enrolment.domain.refusals import (
    CompanyAlreadyEnrolled,
    CompanyUnknown,
    EnrolmentDateInTheFuture,
    EnrolmentEnded,
    MotiveMissing,
    NotSmallOrMedium,
    OutsideProjectPeriod,
    ProjectEnded,
    ProjectUnknown,
    TooManyRepresentatives,
    WithdrawalDateImpossible,
)
from services.participants.enrolment.domain.size import size_class, sme_problems
from services.participants.enrolment.domain.state import ENROLMENTS, Enrolment, GrantedProject, evolve

__all__ = [
    "ENROLMENTS",
    "CompanyAlreadyEnrolled",
    "CompanyUnknown",
    "EnrolCompany",
    "Enrolment",
    "EnrolmentDateInTheFuture",
    "EnrolmentEnded",
    "GrantedProject",
    "MotiveMissing",
    "NameRepresentative",
    "NotSmallOrMedium",
    "OutsideProjectPeriod",
    "ProjectEnded",
    "ProjectUnknown",
    "TooManyRepresentatives",
    "WithdrawEnrolment",
    "WithdrawalDateImpossible",
    "enrol",
    "evolve",
    "name_representative",
    "require_known",
    "size_class",
    "sme_problems",
    "withdraw",
]
