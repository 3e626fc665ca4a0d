"""Addresses of all pages; each topic has its own in its folder."""

from misthoorn.web.desk import urls as desk
from misthoorn.web.portal import urls as portal
from misthoorn.web.site import urls as site

urlpatterns = [*site.urlpatterns, *desk.urlpatterns, *portal.urlpatterns]
