"""The rules of an application: its form, its arrival, its assessment and the decision on it."""

from services.applications.application.domain.assessing import AssessApplication, ScoredCriterion, assess
from services.applications.application.domain.check import RULES, Checked, check
from services.applications.application.domain.conflicts import (
    DeclareConflict,
    SettleConflict,
    declare_conflict,
    settle_conflict,
)
from services.applications.application.domain.deciding import (
    AcceptGrant,
    DecisionText,
    DismissApplication,
    RejectApplication,
    accept_grant,
    dismiss,
    reject,
)
from services.applications.application.domain.form import (
    Applicant,
    BudgetItem,
    CoFunder,
    CoFundingKind,
    Form,
    Heading,
    words_of,
)
from services.applications.application.domain.granting import GrantFunding, grant
from services.applications.application.domain.refusals import CallNotPublished
from services.applications.application.domain.registering import (
    REGISTERS,
    AssignOfficer,
    RecordContact,
    RegisterCase,
    assign_officer,
    record_contact,
    register_case,
)
from services.applications.application.domain.revising import RevisedBudget
from services.applications.application.domain.state import APPLICATIONS, Application, Status
from services.applications.application.domain.submission import (
    KeptForm,
    SignApplication,
    SubmitApplication,
    sign,
    submit,
)

__all__ = [
    "APPLICATIONS",
    "REGISTERS",
    "RULES",
    "AcceptGrant",
    "Applicant",
    "Application",
    "AssessApplication",
    "AssignOfficer",
    "BudgetItem",
    "CallNotPublished",
    "Checked",
    "CoFunder",
    "CoFundingKind",
    "DecisionText",
    "DeclareConflict",
    "DismissApplication",
    "Form",
    "GrantFunding",
    "Heading",
    "KeptForm",
    "RecordContact",
    "RegisterCase",
    "RejectApplication",
    "RevisedBudget",
    "ScoredCriterion",
    "SettleConflict",
    "SignApplication",
    "Status",
    "SubmitApplication",
    "accept_grant",
    "assess",
    "assign_officer",
    "check",
    "declare_conflict",
    "dismiss",
    "grant",
    "record_contact",
    "register_case",
    "reject",
    "settle_conflict",
    "sign",
    "submit",
    "words_of",
]
