"""How forms are drawn: everything a field says is tied to it."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django import forms

from intranet.access.models import Role


class Sample(forms.Form):
    name = forms.CharField(label="姓名", help_text="与花名册一致", max_length=5)
    day = forms.DateField(label="日期", required=False)
    moment = forms.DateTimeField(label="时间", required=False)
    hour = forms.TimeField(label="钟点", required=False)
    kind = forms.ChoiceField(label="方式", choices=[("a", "自荐"), ("b", "推荐")], widget=forms.RadioSelect)
    award = forms.ChoiceField(label="项目", choices=[("", "---------"), ("star", "服务之星")])
    consent = forms.BooleanField(label="已同意")
    token = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self):
        if self.cleaned_data.get("name") == "甲":
            raise forms.ValidationError("两处不一致")
        return self.cleaned_data


def tag_of(html: str, name: str) -> str:
    return re.search(rf'<(?:input|select|textarea)[^>]*name="{name}"[^>]*>', html).group()


def test_a_label_and_a_help_text_belong_to_the_field():
    html = str(Sample())
    assert 'for="id_name"' in html
    assert 'aria-describedby="id_name_helptext"' in tag_of(html, "name")
    assert 'id="id_name_helptext"' in html
    assert 'class="form-control"' in tag_of(html, "name")


def test_an_error_belongs_to_the_field_and_is_linked_from_the_summary():
    html = str(Sample({"name": "太长的名字了吧", "kind": "a"}))
    assert 'aria-invalid="true"' in tag_of(html, "name")
    assert 'aria-describedby="id_name_helptext id_name_error"' in tag_of(html, "name")
    assert 'id="id_name_error"' in html
    assert 'class="error-summary" role="alert"' in html
    assert 'href="#id_name"' in html
    assert "请填写此项" in html


def test_an_error_of_the_whole_form_stands_in_the_summary():
    html = str(Sample({"name": "甲", "kind": "a", "award": "star", "consent": "on"}))
    assert html.count("两处不一致") == 1
    assert "请核对以下 1 处" in html


def test_no_summary_without_errors():
    assert "error-summary" not in str(Sample())
    assert "error-summary" not in str(Sample({"name": "乙", "kind": "a", "award": "star", "consent": "on"}))


def test_a_group_is_a_fieldset_with_a_legend_and_can_be_reached_from_the_summary():
    html = str(Sample({}))
    assert re.search(
        r'<fieldset id="id_kind_group" tabindex="-1" aria-describedby="id_kind_error">\s*<legend>方式', html
    )
    assert 'href="#id_kind_group"' in html
    assert html.count('type="radio"') == 2
    assert 'for="id_kind_1"' in html
    assert 'class="form-check-input"' in tag_of(html, "kind")


def test_dates_use_the_browsers_own_picker_with_iso_values():
    form = Sample(
        initial={"day": dt.date(2026, 11, 3), "moment": dt.datetime(2026, 11, 3, 9, 30), "hour": dt.time(8, 5)}
    )
    html = str(form)
    assert 'type="date"' in tag_of(html, "day")
    assert 'value="2026-11-03"' in tag_of(html, "day")
    assert 'type="datetime-local"' in tag_of(html, "moment")
    assert 'value="2026-11-03T09:30"' in tag_of(html, "moment")
    assert 'type="time"' in tag_of(html, "hour")
    assert 'value="08:05"' in tag_of(html, "hour")


def test_what_the_picker_sends_is_understood():
    form = Sample(
        {
            "name": "乙",
            "kind": "a",
            "award": "star",
            "consent": "on",
            "day": "2026-11-03",
            "moment": "2026-11-03T09:30",
        }
    )
    assert form.is_valid(), form.errors
    assert form.cleaned_data["day"] == dt.date(2026, 11, 3)


def test_optional_is_said_and_only_there():
    html = str(Sample())
    assert html.count("（选填）") == 3


def test_the_row_of_dashes_is_said_in_words():
    html = str(Sample())
    assert "---------" not in html
    assert "请选择" in html


@pytest.mark.django_db
def test_the_dashes_of_a_model_choice_too():
    class WithRole(forms.Form):
        role = forms.ModelChoiceField(Role.objects.none(), required=False)

    html = str(WithRole())
    assert "---------" not in html
    assert "不选" in html


def test_a_single_checkbox_stands_before_its_label():
    html = str(Sample())
    assert re.search(r'type="checkbox"[^>]*>\s*<label class="form-check-label" for="id_consent">已同意', html)


def test_hidden_fields_come_without_label():
    html = str(Sample())
    assert 'type="hidden"' in tag_of(html, "token")
    assert 'for="id_token"' not in html


def test_an_own_class_is_kept_and_ours_is_added_once():
    class Own(forms.Form):
        name = forms.CharField(widget=forms.TextInput(attrs={"class": "wide"}))

    form = Own()
    assert 'class="wide form-control"' in tag_of(str(form), "name")
    assert 'class="wide form-control"' in tag_of(str(form), "name")
    assert 'class="wide form-control"' in tag_of(str(Own()), "name")
