from misthoorn.notification.models import NoticeFinding


def findings_of_message(message: int) -> list[int]:
    """The findings that a message tells of, also where it gathers those of several notices."""
    found = NoticeFinding.objects.filter(notice__messages=message).values_list("finding", flat=True)
    gathered = NoticeFinding.objects.filter(notice__messages__told_in=message).values_list("finding", flat=True)
    return sorted({*found, *gathered})
