from django import forms
from django.utils.translation import gettext_lazy as _


class SubscriptionForm(forms.Form):
    """A name by which its holder will know the device again."""

    label = forms.CharField(
        label=_("Device"),
        max_length=60,
        help_text=_("For example “my phone”, so that you know later which subscription to end."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
