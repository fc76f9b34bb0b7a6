"""What the choices of the application's form are called."""

from types import MappingProxyType
from typing import Final

COUNTIES: Final = MappingProxyType(
    {
        "01": "Stockholms län",
        "03": "Uppsala län",
        "04": "Södermanlands län",
        "05": "Östergötlands län",
        "06": "Jönköpings län",
        "07": "Kronobergs län",
        "08": "Kalmar län",
        "09": "Gotlands län",
        "10": "Blekinge län",
        "12": "Skåne län",
        "13": "Hallands län",
        "14": "Västra Götalands län",
        "17": "Värmlands län",
        "18": "Örebro län",
        "19": "Västmanlands län",
        "20": "Dalarnas län",
        "21": "Gävleborgs län",
        "22": "Västernorrlands län",
        "23": "Jämtlands län",
        "24": "Västerbottens län",
        "25": "Norrbottens län",
    }
)
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
