"""What pages say of members and of who acts for whom."""

from django.utils.translation import pgettext_lazy

MANDATE_RIGHTS = {
    "receive": pgettext_lazy("mandate", "reads what you are told"),
    "reply": pgettext_lazy("mandate", "answers for you"),
    "manage": pgettext_lazy("mandate", "keeps your data up to date"),
}
SHARING = {
    "RED": pgettext_lazy("sharing", "with nobody"),
    "AMBER+STRICT": pgettext_lazy("sharing", "within your organisation only"),
    "AMBER": pgettext_lazy("sharing", "within your organisation, and with who does your IT"),
    "GREEN": pgettext_lazy("sharing", "with others who need it, not in public"),
    "CLEAR": pgettext_lazy("sharing", "with everybody"),
}
MINE = {"mandate-right": MANDATE_RIGHTS, "sharing": SHARING}
