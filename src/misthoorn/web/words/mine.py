"""What pages say of members and of who acts for whom."""

from django.utils.translation import pgettext_lazy

MANDATE_RIGHTS = {
    "receive": pgettext_lazy("mandate", "reads what you are told"),
    "reply": pgettext_lazy("mandate", "answers for you"),
    "manage": pgettext_lazy("mandate", "keeps your data up to date"),
}
MINE = {"mandate-right": MANDATE_RIGHTS}
