"""Who can change an outcome of the gates, and how: a sentence for each, in the languages of the service. Pure."""

from collections.abc import Mapping

from misthoorn.matching.explanations.match_text import Language

LIFTS: Mapping[str, Mapping[Language, str]] = {
    "other-team": {
        "nl": "Het andere team waarschuwt zelf. Klopt het soort organisatie of het lidmaatschap niet? Een analist "
        "verandert dat bij de organisatie.",
        "en": "The other team does the warning. Is the kind of organisation or its membership wrong? An analyst "
        "changes that on the page of the organisation.",
    },
    "person-decides": {
        "nl": "Een analist kiest bij de organisatie wat voor soort het is, of verbetert de naam van het lidmaatschap.",
        "en": "An analyst chooses on the page of the organisation what kind it is, or mends the name of the "
        "membership.",
    },
    "more-specific-holder": {
        "nl": "Wie het kleinere netwerk of het langere domein heeft, krijgt het bericht. Hoort dat deel toch "
        "hierbij? Een analist beëindigt het gegeven bij de ander.",
        "en": "Whoever has the smaller network or the longer domain gets the message. Does that part belong here "
        "after all? An analyst ends the asset of the other one.",
    },
    "no-longer-seen": {
        "nl": "Niemand hoeft iets te doen. Ziet de bron het weer, dan gaat de bevinding vanzelf weer open.",
        "en": "Nobody has to do anything. When the source sees it again, the finding opens again by itself.",
    },
    "suppressed": {
        "nl": "Een analist beëindigt de onderdrukking, op de pagina Onderdrukkingen. Anders komt het op de "
        "einddatum vanzelf terug.",
        "en": "An analyst ends the suppression, on the page Suppressions. Otherwise it comes back by itself on its "
        "last day.",
    },
    "unlawful-origin": {
        "nl": "Een beheerder beantwoordt op de pagina van de bron of wat zij levert rechtmatig is verkregen. Bij "
        "een lijst doet wie hem inbrengt dat. Daarna vraagt de campagne opnieuw om een besluit.",
        "en": "An administrator answers on the page of the source whether what it delivers was obtained lawfully. "
        "For a list, whoever brings it in does. After that the campaign asks for a decision again.",
    },
    "stale": {
        "nl": "Een nieuwe levering waarin het weer te zien is maakt het vers. De grens zelf (MISTHOORN_FRESH_DAYS) "
        "verandert alleen de beheerder.",
        "en": "A new delivery that shows it again makes it fresh. The limit itself (MISTHOORN_FRESH_DAYS) is "
        "changed only by the administrator.",
    },
    "refused-subject": {
        "nl": "Alleen op verzoek van de organisatie zelf. Belt zij ons, dan haalt een analist de weigering weg op "
        "haar pagina.",
        "en": "Only when the organisation itself asks. When it calls us, an analyst takes the refusal away on its "
        "page.",
    },
    "tlp": {
        "nl": "Alleen wie de bron is kan een ruimer label geven; een analist vraagt daarom. Bij AMBER+STRICT helpt "
        "ook een contact van de organisatie zelf. RED vertelt u alleen zelf, per telefoon, aan iemand met "
        "naam.",
        "en": "Only the source can give a wider label; an analyst asks for it. With AMBER+STRICT a contact of the "
        "organisation itself helps too. RED you only tell yourself, by telephone, to somebody by name.",
    },
    "no-contact": {
        "nl": "Een analist zoekt een contact en zet het bij de organisatie, met waar het gevonden is.",
        "en": "An analyst looks for a contact and adds it to the organisation, with where it was found.",
    },
}


def lift(outcome: str, *, language: Language) -> str:
    """Who can change this outcome, and how; "" where nothing stands in the way."""
    return LIFTS.get(outcome, {}).get(language, "")
