"""The form in which a person says what a product in words is."""

from django import forms
from django.utils.translation import gettext_lazy as _

from misthoorn.web.forms import PLAIN, PlainForm


class MeaningForm(PlainForm):
    """Other words for a product that is registered in words."""

    text = forms.CharField(
        label=_("Search by other words"), required=False, max_length=200, widget=forms.TextInput(attrs=PLAIN)
    )
