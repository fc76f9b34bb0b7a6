"""The rules on applications in a line each, and what they rest on beside the call's own words."""

from typing import Final, NamedTuple

CHOICE: Final = "Val: varken utlysningen eller lagen säger det."


class RuleWords(NamedTuple):
    """A rule in a line of Swedish, and the law or the choice it rests on where the call's text does not say it all."""

    title: str
    law: str = ""


WORDS: Final[dict[str, RuleWords]] = {
    "A1": RuleWords(
        "Ansökan kommer in när den når systemet; en sen tas emot, diarieförs och avvisas.",
        "22 § förvaltningslagen (2017:900). Klockslaget är en parameter.",
    ),
    "A2": RuleWords("Enskilda näringsidkare kan inte söka."),
    "A3": RuleWords("Sökanden främjar företag, har egen kompetens och visar det i text."),
    "A4": RuleWords("Lägsta belopp, på stöd eller budget efter utlysningen."),
    "A5": RuleWords("Stödets högsta andel; medfinansiering bara kontant."),
    "A6": RuleWords("Projektperiod: tidigast från ansökningsdagen, senast till utlysningens sista dag."),
    "A7": RuleWords("Ett grundtema."),
    "A8": RuleWords("Minst ett mål i Agenda 2030."),
    "A9": RuleWords("Uppgifter som ska finnas i ansökan; allt som saknas sägs på en gång."),
    "A10": RuleWords("Utbildning av personal i digital säkerhet, med tak."),
    "A11": RuleWords("Budgeten har bara utlysningens kostnadsslag; schablonen räknas ut."),
    "A12": RuleWords("Regional förankring är ett mervärde, aldrig ett skäl för avslag."),
    "A13": RuleWords("Sökanden markerar affärshemligheter.", "Offentlighets- och sekretesslagen (2009:400)."),
    "A14": RuleWords(
        "Inlämnad är inte underskriven; utan underskrift kan ansökan inte avgöras.",
        "Behörig företrädare skriver under; 21 § förvaltningslagen.",
    ),
    "A15": RuleWords("Utkast, kontroll utan inlämning, ersättning till stängning.", CHOICE),
    "A16": RuleWords("Den som har bedömt beslutar inte.", "31–32 §§ förvaltningslagen. " + CHOICE),
    "A17": RuleWords("Summan av beviljat stöd ryms i utlysningens ram."),
    "A18": RuleWords("Beslut med andel, högsta belopp, rättslig grund och överklagande."),
    "A19": RuleWords("Bifall accepteras i tid; ändringar, överskridanden och upphävande."),
    "A20": RuleWords("Ärendets logg; begäran om avgörande efter sex månader.", "11–12 §§ förvaltningslagen."),
    "A21": RuleWords("Budgeten kan läsas in från ett kalkylblad.", CHOICE),
    "A22": RuleWords("Svaret säger vad som kan göras härnäst, och varför något inte kan göras.", CHOICE),
    "A23": RuleWords("Annat stöd, stöd av mindre betydelse och försäkringar.", "Förordning (EU) nr 1407/2013."),
    "A24": RuleWords("Obligatoriska bilagor finns med."),
    "A25": RuleWords("Samråd med företagen beskrivs; nätverksaktivitet i varje fas."),
    "A26": RuleWords("Inget beslut i sak före en antecknad kontakt med sökanden.", "27 § förvaltningslagen."),
    "A27": RuleWords("Handläggarens bord: anteckningar, påminnelser, ersättare.", CHOICE),
    "A28": RuleWords("Frågor och svar före stängning är öppna för alla; rättelser syns.", CHOICE),
}
