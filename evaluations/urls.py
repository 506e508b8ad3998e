"""Addresses of the awards, below /awards/."""

from django.urls import path, re_path

from .views import awards, office, recommending, rounds, scrutiny, voting

app_name = "evaluations"

urlpatterns = [
    path("", rounds.rounds, name="rounds"),
    path("honours/", rounds.honours, name="honours"),
    path("office/", office.todo, name="todo"),
    path("office/awards/", awards.awards, name="awards"),
    path("office/awards/new/", awards.award_new, name="award_new"),
    path("office/awards/<slug:slug>/edit/", awards.award_edit, name="award_edit"),
    path("office/awards/<slug:slug>/round/", awards.round_new, name="round_new"),
    path("scrutiny/", scrutiny.watch, name="watch"),
    re_path(
        r"^recommendations/(?P<pk>\d{1,12})/(?P<deed>accept|decline|withdraw)/$",
        recommending.answer,
        name="nomination_answer",
    ),
    re_path(r"^recommendations/(?P<pk>\d{1,12})/(?P<deed>approve|reject)/$", office.decide, name="nomination_decide"),
    path("<slug:slug>/", rounds.round_page, name="round"),
    path("<slug:slug>/vote/", voting.Vote.as_view(), name="vote"),
    path("<slug:slug>/receipt/", voting.receipt, name="receipt"),
    path("<slug:slug>/notice/", rounds.notice, name="notice"),
    path("<slug:slug>/recommend/", recommending.recommend, name="recommend"),
    path("<slug:slug>/recommend/self/", recommending.state_reason, {"kind": "self"}, name="recommend_self"),
    path("<slug:slug>/recommend/<slug:kind>/", recommending.choose, name="recommend_choose"),
    path("<slug:slug>/recommend/<slug:kind>/<int:pk>/", recommending.state_reason, name="recommend_state"),
    path("<slug:slug>/manage/", office.manage, name="manage"),
    path("<slug:slug>/manage/open/", office.open_round, name="open"),
    path("<slug:slug>/manage/dates/", office.change_dates, name="dates"),
    path("<slug:slug>/manage/review/", office.review, name="review"),
    path("<slug:slug>/manage/finish-review/", office.finish_review, name="finish_review"),
    path("<slug:slug>/manage/tie/", office.settle_tie, name="settle_tie"),
    path("<slug:slug>/manage/start-notice/", office.start_notice, name="start_notice"),
    path("<slug:slug>/manage/call-off/", office.call_off, name="call_off"),
    path("<slug:slug>/roll/", office.roll, name="roll"),
    path("<slug:slug>/qr/", office.poster, name="qr"),
    path("<slug:slug>/scrutiny/", scrutiny.scrutiny, name="scrutiny"),
    path("<slug:slug>/scrutiny/recount/", scrutiny.recount, name="recount"),
    path("<slug:slug>/scrutiny/record.zip", scrutiny.download, name="record"),
]
