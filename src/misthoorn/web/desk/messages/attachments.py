from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from misthoorn.notification import attachments
from misthoorn.web.guards import desk, looks_at
from misthoorn.web.parameters import or_404


@desk
@looks_at("message")
@require_safe
def file(request: HttpRequest, message: int, file: int) -> HttpResponse:  # noqa: ARG001  as Django calls it
    """A file that went with a message, to be saved: it is never shown in the browser."""
    found = or_404(attachments.file_of(message, file=file))
    headers = {"Content-Disposition": f'attachment; filename="{found.safe_name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(found.content, content_type=found.media_type, headers=headers)
