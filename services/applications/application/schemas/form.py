"""The form of an application as callers send it: strict and bounded; what is missing is told by the rules."""

from datetime import date
from typing import Annotated, Final

from pydantic import ConfigDict, Field, TypeAdapter
from pydantic.config import JsonDict

from services.applications.application.domain import Form
from services.applications.application.domain.form import CoFundingKind, SupportStatus
from shared.contracts.applications import FundingSource
from shared.contracts.call import ActivityKind, BudgetCategory, Phase
from shared.kernel.ids import SLUG_PATTERN
from shared.kernel.money import AMOUNT_ORE_MAX
from shared.kernel.time import FIRST_DAY, LAST_DAY
from shared.web.schemas import Body

Name = Annotated[str, Field(max_length=200)]
Words = Annotated[str, Field(max_length=20_000)]
Slug = Annotated[str, Field(pattern=SLUG_PATTERN, max_length=60)]
AmountOre = Annotated[int, Field(ge=0, le=AMOUNT_ORE_MAX, description="Belopp i öre / Amount in öre")]
Number = Annotated[int, Field(ge=0, le=1_000_000)]
Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]

_FORM: Final = TypeAdapter(Form)
_EXAMPLE: Final[JsonDict] = {
    "call": "pilot-fortsattning-saker-digitalisering-2023",
    "applicant": {"name": "Exempel Science Park AB", "organisation_number": "559999-0016"},
    "title": "Säker data i produktionen",
    "counties": ["05"],
    "theme": "data-ai",
    "global_goals": [8, 9],
    "starts_on": "2023-03-15",
    "ends_on": "2023-10-31",
    "companies_planned": 10,
    "hours_per_company_planned": 40,
    "hours_planned": 400,
    "women_planned": 9,
    "men_planned": 11,
    "budget": [
        {"category": "personnel", "text": "Projektledning", "amount_ore": 100_000_000},
        {"category": "flat-rate", "text": "Schablon", "amount_ore": 15_000_000},
        {"category": "external-services", "text": "Experter", "amount_ore": 45_000_000},
    ],
    "amount_applied_ore": 80_000_000,
    "co_funding": [{"source": "own", "kind": "cash", "financier": "Egna medel", "amount_ore": 80_000_000}],
    "answers": {"offer_today": "Vi coachar 60 småföretag om året."},
    "logic": {
        "challenge": "Företagen delar produktionsdata utan att veta vem som kommer åt den.",
        "purpose": "Ledningarna kan bedöma riskerna med sina data.",
        "goals": [{"code": "m1", "text": "Tio företag har en handlingsplan."}],
        "activities": [
            {
                "title": "Kartläggning i grupp",
                "phase": "introduction",
                "kind": "networking",
                "programme_goals": ["G1", "G5"],
                "project_goals": ["m1"],
                "starts_on": "2023-04-03",
                "ends_on": "2023-04-28",
            },
        ],
    },
    "dissemination": [{"how": "Webbinarium", "who": "Regionens främjare", "on": "2023-11-15"}],
    "aid": {"no_other_support": True, "no_de_minimis": True},
    "declarations": ["no-tax-debts", "collective-agreement-pay", "not-normal-operations"],
    "secrets": ["/logic/challenge"],
}


OrganisationNumber = Annotated[str, Field(max_length=20, description="Organisationsnummer / organisation number")]
County = Annotated[str, Field(pattern=r"^[0-9]{2}$")]
Described = Annotated[str, Field(max_length=5_000)]


class RepresentedPromoterBody(Body):
    """En främjare som regionen söker för, och hur den uppfyller kraven (A3) / a promoter that a region applies for."""

    name: Name
    organisation_number: OrganisationNumber
    qualifies: Described = ""


class ApplicantBody(Body):
    """Sökande / the applicant. A region (`is_region`) applies for a group and lists it in `represents` (A3)."""

    name: Name
    organisation_number: OrganisationNumber
    is_region: bool = False
    represents: Annotated[list[RepresentedPromoterBody], Field(default_factory=list, max_length=50)]


class BudgetItemBody(Body):
    """Budgetrad / a line of the budget."""

    category: BudgetCategory
    text: Name
    amount_ore: Annotated[int, Field(ge=1, le=AMOUNT_ORE_MAX)]
    staff_training: bool = False


class CoFunderBody(Body):
    """Medfinansiär / a co-funder. Public financiers state their appropriation (anslag)."""

    source: FundingSource
    kind: CoFundingKind
    financier: Name
    amount_ore: Annotated[int, Field(ge=1, le=AMOUNT_ORE_MAX)]
    appropriation: Name | None = None
    organisation_number: OrganisationNumber | None = None


class ProjectGoalBody(Body):
    """Projektmål / a goal of the project's own. Activities refer to its code."""

    code: Slug
    text: Described = ""


class ActivityBody(Body):
    """Aktivitet / an activity: the goals it serves are the programme's (G0–G5) and the project's own (A9)."""

    title: Name = ""
    phase: Phase | None = None
    kind: ActivityKind | None = None
    programme_goals: Annotated[
        list[Annotated[str, Field(pattern=r"^G[0-9]$")]], Field(default_factory=list, max_length=10)
    ]
    project_goals: Annotated[list[Slug], Field(default_factory=list, max_length=20)]
    starts_on: Day | None = None
    ends_on: Day | None = None
    description: Described = ""


class ProjectLogicBody(Body):
    """Projektlogik: utmaning, syfte, mål, aktiviteter / challenge, purpose, goals and activities (A9)."""

    challenge: Described = ""
    purpose: Described = ""
    goals: Annotated[list[ProjectGoalBody], Field(default_factory=list, max_length=20)]
    activities: Annotated[list[ActivityBody], Field(default_factory=list, max_length=100)]


class DisseminationBody(Body):
    """Spridning av resultat: hur, till vem, när / how results spread, to whom and when (A9)."""

    how: Described = ""
    who: Name = ""
    on: Day | None = None


class TrainedPromoterBody(Body):
    """En annan offentlig främjare vars personal utbildas / another public promoter whose staff is trained (A10)."""

    name: Name
    organisation_number: OrganisationNumber
    persons: Number
    county: County | None = None
    is_public: bool = False


class TrainingPlanBody(Body):
    """Tilläggsinsats: utbildning i digital säkerhet / the add-on: training in digital security (A10)."""

    type: Described = ""
    own_persons: Number = 0
    promoters: Annotated[list[TrainedPromoterBody], Field(default_factory=list, max_length=50)]


class OtherSupportBody(Body):
    """Annat stöd för samma kostnader / other support for the same costs (A23)."""

    source: Name
    amount_ore: AmountOre
    status: SupportStatus


class DeMinimisAidBody(Body):
    """Stöd av mindre betydelse / de minimis aid to the applicant's single undertaking (A23)."""

    source: Name
    amount_ore: AmountOre
    regulation: Name = ""
    granted_on: Day | None = None


class StateAidBody(Body):
    """Statsstöd / state aid. That there is none is stated by a tick of its own (A23)."""

    other_support: Annotated[list[OtherSupportBody], Field(default_factory=list, max_length=50)]
    no_other_support: bool = False
    de_minimis: Annotated[list[DeMinimisAidBody], Field(default_factory=list, max_length=50)]
    no_de_minimis: bool = False


class AttachmentBody(Body):
    """Bilaga: vilken uppladdad fil, och vad den är / an attachment: which stored file, and what it is (A24)."""

    file: Annotated[str, Field(min_length=1, max_length=100, description="Filens id / the file's id")]
    code: Annotated[Slug | None, Field(description="Utlysningens kod / the call's code of the attachment")] = None
    name: Name
    secret: Annotated[bool, Field(description="Innehåller affärshemligheter / holds business secrets (A13)")] = False


class AttachedDocumentBody(AttachmentBody):
    """En bilaga som den finns / an attachment as it is stored: type, size in bytes and hash (SHA-256)."""

    media_type: str
    size_bytes: int
    sha256: str


class _Filled(Body):
    """The fields of the form, apart from its attachments."""

    applicant: ApplicantBody
    title: Name = ""
    counties: Annotated[list[County], Field(default_factory=list, max_length=21)]
    theme: Slug | None = None
    theme_own_words: Name | None = None
    global_goals: Annotated[list[Annotated[int, Field(ge=0, le=100)]], Field(default_factory=list, max_length=17)]
    starts_on: Day | None = None
    ends_on: Day | None = None
    companies_planned: Number | None = None
    hours_per_company_planned: Number | None = None
    hours_planned: Number | None = None
    women_planned: Number | None = None
    men_planned: Number | None = None
    budget: Annotated[list[BudgetItemBody], Field(default_factory=list, max_length=200)]
    amount_applied_ore: AmountOre = 0
    co_funding: Annotated[list[CoFunderBody], Field(default_factory=list, max_length=50)]
    staff_training_persons: Number = 0
    answers: Annotated[
        dict[Annotated[str, Field(pattern=r"^[a-z_]{1,60}$")], Words], Field(default_factory=dict, max_length=100)
    ]
    logic: ProjectLogicBody = Field(default_factory=lambda: ProjectLogicBody.model_validate({}))
    dissemination: Annotated[list[DisseminationBody], Field(default_factory=list, max_length=20)]
    training: TrainingPlanBody = Field(default_factory=lambda: TrainingPlanBody.model_validate({}))
    aid: StateAidBody = Field(default_factory=lambda: StateAidBody.model_validate({}))
    declarations: Annotated[list[Slug], Field(default_factory=list, max_length=20)]
    secrets: Annotated[
        list[Annotated[str, Field(max_length=200, pattern=r"^(/[A-Za-z0-9_~-]*)*$")]],
        Field(
            default_factory=list,
            max_length=200,
            description="JSON-pekare till fält med affärshemligheter / JSON pointers to fields with business secrets",
        ),
    ]


class FormBody(_Filled):
    """Formuläret. What is missing here is told by the rules, all at once, not by the schema."""

    attachments: Annotated[list[AttachmentBody], Field(default_factory=list, max_length=100)]


class FormAnswer(_Filled):
    """Formuläret som det är sparat / the form as it is kept: with what is known of each attached file."""

    attachments: list[AttachedDocumentBody]


class ApplicationBody(FormBody):
    """En ansökan till en utlysning. `signed_with_e_id` signs it at once, for a sender who is a signatory (A14)."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    call: Slug
    signed_with_e_id: bool = False

    def form(self) -> Form:
        """Return the form as the rules read it."""
        return _FORM.validate_json(self.model_dump_json(exclude={"call", "signed_with_e_id"}))
