"""What the mails of the tests are held to, beside the words and lengths of the service itself."""

from misthoorn.notification.compose.text.readability import MOST_WORDS, forbidden_in, is_heading, sentences, word_count

__all__ = ["MOST_WORDS", "forbidden_in", "is_heading", "sentences", "word_count"]

MEAN_WORDS = 12.0

HEADINGS = {
    "nl": [
        r"WAT IS ER (GEZIEN|BEKEND)",
        r"WAAROM U DIT KRIJGT",
        r"HOE ERG IS HET",
        r"LET OP: EEN REGEL UIT DE WET",
        r"DOE DIT (EERST|VANDAAG|NU)",
        r"VOOR (UW IT-LEVERANCIER \(stuur dit blok door\)|WIE BIJ U DE IT DOET \(niet buiten uw bedrijf delen\))",
        r"IS DIT BERICHT ECHT\?",
        r"LAAT ONS WETEN WAT U DEED",
        r"WAT ER NU GEBEURT",
    ],
    "en": [
        r"WHAT (WAS SEEN|IS KNOWN)",
        r"WHY YOU GET THIS",
        r"HOW BAD IS IT",
        r"NOTE: A RULE OF LAW",
        r"DO THIS (FIRST|TODAY|NOW)",
        r"FOR YOUR (IT PROVIDER \(forward this block\)|OWN IT PEOPLE \(do not share outside\))",
        r"IS THIS MESSAGE REAL\?",
        r"TELL US WHAT YOU DID",
        r"WHAT HAPPENS NEXT",
    ],
}
WHY = {"WAAROM U DIT KRIJGT", "WHY YOU GET THIS"}  # left out where no reason can be given
DUTY = {"LET OP: EEN REGEL UIT DE WET", "NOTE: A RULE OF LAW"}  # only where a rule of law really applies
ANSWERS = {
    "nl": ["opgelost", "doorgegeven", "niet van ons", "klopt niet", "wij accepteren dit"],
    "en": ["fixed", "passed on", "not ours", "wrong", "we accept this"],
}
