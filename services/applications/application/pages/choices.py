"""What the choices of the application's form are called."""

from types import MappingProxyType
from typing import Final

GLOBAL_GOALS: Final = MappingProxyType(
    dict(
        enumerate(
            (
                "Ingen fattigdom",
                "Ingen hunger",
                "God hälsa och välbefinnande",
                "God utbildning för alla",
                "Jämställdhet",
                "Rent vatten och sanitet för alla",
                "Hållbar energi för alla",
                "Anständiga arbetsvillkor och ekonomisk tillväxt",
                "Hållbar industri, innovationer och infrastruktur",
                "Minskad ojämlikhet",
                "Hållbara städer och samhällen",
                "Hållbar konsumtion och produktion",
                "Bekämpa klimatförändringarna",
                "Hav och marina resurser",
                "Ekosystem och biologisk mångfald",
                "Fredliga och inkluderande samhällen",
                "Genomförande och globalt partnerskap",
            ),
            start=1,
        )
    )
)
PHASES: Final = (("introduction", "Introduktion"), ("deep-dive", "Fördjupning"))
ACTIVITY_KINDS: Final = (
    ("lecture", "Föreläsning"),
    ("workshop", "Workshop"),
    ("training", "Utbildning"),
    ("networking", "Nätverkande"),
    ("coaching", "Coachning"),
    ("gap-analysis", "Gapanalys"),
    ("penetration-test", "Penetrationstest"),
    ("risk-analysis", "Riskanalys"),
)
SOURCES: Final = (
    ("own", "Egna medel"),
    ("external-public", "Extern, offentlig"),
    ("external-private", "Extern, privat"),
)
FUNDING_KINDS: Final = (("cash", "Kontant"), ("in-kind", "Annat än kontanter, räknas inte"))
SUPPORT: Final = (("sought", "Sökt"), ("granted", "Beviljat"))
SECRET_PLACES: Final = (
    ("/logic/challenge", "Utmaning"),
    ("/logic/purpose", "Syfte"),
    ("/logic/goals", "Projektets mål"),
    ("/logic/activities", "Aktiviteter"),
    ("/budget", "Budget"),
    ("/co_funding", "Medfinansiärer"),
)
"""Where secrets may be marked, beside the call's own questions."""
