"""Addresses of the desk, topic by topic."""

from misthoorn.web.desk.advisories import urls as advisories
from misthoorn.web.desk.broadcasts import urls as broadcasts
from misthoorn.web.desk.calls import urls as calls
from misthoorn.web.desk.campaigns import urls as campaigns
from misthoorn.web.desk.contacts import urls as contacts
from misthoorn.web.desk.effect import urls as effect
from misthoorn.web.desk.findings import urls as findings
from misthoorn.web.desk.handovers import urls as handovers
from misthoorn.web.desk.letters import urls as letters
from misthoorn.web.desk.lists import urls as lists
from misthoorn.web.desk.messages import urls as messages
from misthoorn.web.desk.organisations import urls as organisations
from misthoorn.web.desk.products import urls as products
from misthoorn.web.desk.replies import urls as replies
from misthoorn.web.desk.sources import urls as sources
from misthoorn.web.desk.texts import urls as texts
from misthoorn.web.desk.today import urls as today
from misthoorn.web.desk.trials import urls as trials

urlpatterns = [
    *today.urlpatterns,
    *campaigns.urlpatterns,
    *organisations.urlpatterns,
    *findings.urlpatterns,
    *products.urlpatterns,
    *advisories.urlpatterns,
    *sources.urlpatterns,
    *lists.urlpatterns,
    *messages.urlpatterns,
    *replies.urlpatterns,
    *effect.urlpatterns,
    *letters.urlpatterns,
    *calls.urlpatterns,
    *contacts.urlpatterns,
    *broadcasts.urlpatterns,
    *handovers.urlpatterns,
    *texts.urlpatterns,
    *trials.urlpatterns,
]
