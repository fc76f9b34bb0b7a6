"""What an applicant fills in. Everything may be missing until it is submitted: the rules say what is."""

from services.applications.application.domain.form.describing import (
    Activity,
    Dissemination,
    ProjectGoal,
    ProjectLogic,
    TrainedPromoter,
    TrainingPlan,
)
from services.applications.application.domain.form.paying import (
    BudgetItem,
    CoFunder,
    CoFundingKind,
    DeMinimisAid,
    OtherSupport,
    StateAid,
    SupportStatus,
)
from services.applications.application.domain.form.whole import (
    Applicant,
    AttachedDocument,
    Form,
    Heading,
    RepresentedPromoter,
    words_of,
)

__all__ = [
    "Activity",
    "Applicant",
    "AttachedDocument",
    "BudgetItem",
    "CoFunder",
    "CoFundingKind",
    "DeMinimisAid",
    "Dissemination",
    "Form",
    "Heading",
    "OtherSupport",
    "ProjectGoal",
    "ProjectLogic",
    "RepresentedPromoter",
    "StateAid",
    "SupportStatus",
    "TrainedPromoter",
    "TrainingPlan",
    "words_of",
]
