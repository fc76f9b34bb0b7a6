"""The rules of an application: its form, its arrival, its assessment and the decision on it."""

from services.applications.application.domain.assessing import AssessApplication, ScoredCriterion, assess
from services.applications.application.domain.check import RULES, Checked, check
from services.applications.application.domain.deciding import (
    AcceptGrant,
    DecisionText,
    DismissApplication,
    RejectApplication,
    accept_grant,
    dismiss,
    reject,
)
from services.applications.application.domain.form import Applicant, BudgetItem, CoFunder, CoFundingKind, Form
from services.applications.application.domain.granting import GrantFunding, RevisedBudget, grant
from services.applications.application.domain.refusals import CallNotPublished
from services.applications.application.domain.state import APPLICATIONS, Application, Status
from services.applications.application.domain.submission import SignApplication, SubmitApplication, sign, submit

__all__ = [
    "APPLICATIONS",
    "RULES",
    "AcceptGrant",
    "Applicant",
    "Application",
    "AssessApplication",
    "BudgetItem",
    "CallNotPublished",
    "Checked",
    "CoFunder",
    "CoFundingKind",
    "DecisionText",
    "DismissApplication",
    "Form",
    "GrantFunding",
    "RejectApplication",
    "RevisedBudget",
    "ScoredCriterion",
    "SignApplication",
    "Status",
    "SubmitApplication",
    "accept_grant",
    "assess",
    "check",
    "dismiss",
    "grant",
    "reject",
    "sign",
    "submit",
]
