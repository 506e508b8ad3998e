"""A staff register from file to rows, beside the stock import-export resources of the same models."""

from __future__ import annotations

import datetime as dt
import itertools
import math
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from django.db import transaction
from django.test import override_settings
from import_export import fields, resources, widgets
from openpyxl import Workbook
from python_calamine import load_workbook
from tablib import Dataset

from intranet import clock
from intranet.access.models import User
from intranet.people.models import Person, Posting, Unit, Window
from intranet.sheets.models import SheetUpload
from intranet.sheets.rows import BATCH
from intranet.sheets.services import Report, check_upload, commit, receive
from intranet.sheets.workbook import open_workbook
from tests.people_of_the_hall import make_user

from .registry import FULL, Figure, benchmark, size
from .stopwatch import seconds, statements

STOCK_ROWS = size(1_500, 10_000, 20)
FLOOR_ROWS = size(5_000, 10_000)
GROWTH = (1_000, 5_000, 20_000) if FULL else (size(1_000, 1_000), size(4_000, 20_000, 90))
READ_ROWS = size(20_000, 20_000, 90)
TURNS = 2
# Longer calls are disturbed more often: of each part the best of several turns.
FLOOR_TURNS = size(5, 5, 1)
TODAY = dt.date(2026, 11, 24)
HEADINGS = ["工号", "姓名", "性别", "出生日期", "政治面貌", "所在单位", "窗口号", "岗位", "是否工会会员", "手机号码"]
NAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何林高罗", "伟芳娜敏静丽强磊洋勇艳杰娟涛明超霞平刚华"


def register_rows(number: int) -> list[list[str]]:
    """So many people, all different; the same ones every time."""
    names = itertools.cycle("".join(parts) for parts in itertools.product(*NAMES, NAMES[1]))
    return [
        [
            f"B{n:05d}",
            next(names),
            "女" if n % 2 else "男",
            f"{1966 + n % 38}-{1 + n % 12:02d}-{1 + n % 28:02d}",
            "中共党员" if n % 3 else "群众",
            f"第{n % 40}进驻单位",
            str(1 + n % 40),
            "窗口工作人员",
            "是" if n % 5 else "否",
            f"138{n:08d}",
        ]
        for n in range(number)
    ]


def write_register(path: Path, number: int) -> Path:
    """A title row, the headings, and the people."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in (["工作人员花名册"], HEADINGS, *register_rows(number)):
        sheet.append(row)
    book.save(path)
    return path


class Hall:
    """40 units with a window each, a personnel officer, and a folder for files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.officer: User = make_user(None, "hr_admin", person=False)
        units = [Unit(name=f"第{n}进驻单位", kind=Unit.Kind.POSTING_DEPARTMENT) for n in range(40)]
        self.units = Unit.objects.bulk_create(units)
        windows = [Window(number=str(1 + n), name=f"业务{n}") for n in range(40)]
        self.windows = Window.objects.bulk_create(windows)
        for unit, window in zip(self.units, self.windows, strict=True):
            window.units.add(unit)

    def file(self, number: int) -> Path:
        path = self.folder / f"{number}.xlsx"
        return path if path.exists() else write_register(path, number)

    def upload(self, number: int) -> SheetUpload:
        path = self.file(number)
        return receive(kind="staff_register", file_name=path.name, chunks=[path.read_bytes()], by=self.officer)

    def check(self, upload: SheetUpload) -> Report:
        report = check_upload(upload=upload, by=self.officer)
        if report.outcome != "clean":
            raise RuntimeError(f"the register is not clean: {report.errors[:3]}")
        return report

    def commit(self, upload: SheetUpload) -> Report:
        return commit(upload=upload, by=self.officer)

    def import_whole(self, number: int) -> None:
        upload = self.upload(number)
        self.check(upload)
        self.commit(upload)

    @staticmethod
    def empty() -> None:
        Posting.objects.all().delete()
        Person.objects.all().delete()


@contextmanager
def hall() -> Iterator[Hall]:
    with (
        tempfile.TemporaryDirectory() as folder,
        override_settings(MEDIA_ROOT=folder),
        clock.at(clock.start_of(TODAY, 9)),
    ):
        yield Hall(Path(folder))


class StockPeople(resources.ModelResource):
    class Meta:
        model = Person
        import_id_fields = ("staff_number",)
        fields = ("staff_number", "name", "sex", "birthday", "political_status", "is_union_member", "mobile")
        clean_model_instances = True


class StockPostings(resources.ModelResource):
    person = fields.Field("person", "person", widgets.ForeignKeyWidget(Person, "staff_number"))
    unit = fields.Field("unit", "unit", widgets.ForeignKeyWidget(Unit, "name"))
    window = fields.Field("window", "window", widgets.ForeignKeyWidget(Window, "number"))

    class Meta:
        model = Posting
        import_id_fields = ("person", "starts_on")
        fields = ("person", "unit", "window", "position", "starts_on")
        clean_model_instances = True


def stock_data(rows: list[list[str]]) -> tuple[Dataset, Dataset]:
    """The same rows as the two resources read them: values already in their stored form."""
    people, postings = Dataset(headers=StockPeople.Meta.fields), Dataset(headers=StockPostings.Meta.fields)
    for number, name, sex, birthday, status, unit, window, position, member, mobile in rows:
        stored = "female" if sex == "女" else "male", "masses" if status == "群众" else "party_member"
        people.append([number, name, stored[0], birthday, stored[1], "1" if member == "是" else "0", mobile])
        postings.append([number, unit, window, position, TODAY.isoformat()])
    return people, postings


def stock(resource: type[resources.ModelResource], data: Dataset, *, dry_run: bool) -> float:
    """Seconds of the stock import; every row must pass."""
    results: list[Any] = []
    taken = seconds(lambda: results.append(resource().import_data(data, dry_run=dry_run)))
    if results[0].has_errors() or results[0].has_validation_errors():
        raise RuntimeError("the stock resource refused a row")
    return taken


def tables() -> tuple[list[Any], list[Any]]:
    """Everything in both tables that does not depend on the order of writing."""
    people = [field.name for field in Person._meta.concrete_fields if field.name != "id"]
    postings = ["person__staff_number", "unit", "window", "position", "starts_on", "ends_on", "ending"]
    return (
        list(Person.objects.order_by("staff_number").values_list(*people)),
        list(Posting.objects.order_by("person__staff_number").values_list(*postings)),
    )


@dataclass(frozen=True)
class Case:
    """Seconds of preview and confirming, ours and stock."""

    said: str
    preview: tuple[float, float]
    confirm: tuple[float, float]


@lru_cache(maxsize=1)
def side_by_side() -> list[Case]:
    """New rows, then the same rows again. Once for both figures: the stock resources need their time."""
    people, postings = stock_data(register_rows(STOCK_ROWS))
    with hall() as here:
        here.import_whole(20)  # what is loaded once, the readings of names before all, is loaded for both
        here.empty()
        ours = [our_case(here)]
        written = tables()
        ours.append(our_case(here))
        here.empty()
        theirs = [stock_case(people, postings)]
        if tables() != written:
            raise RuntimeError("ours and the stock resources did not write the same rows")
        theirs.append(stock_case(people, postings))
    return [
        Case(said, (mine[0], base[0]), (mine[1], base[1]))
        for said, mine, base in zip(("new rows", "unchanged rows"), ours, theirs, strict=True)
    ]


def our_case(here: Hall) -> tuple[float, float]:
    """Preview and confirming from the file on; the preview the best of some turns, as it writes nothing."""
    upload = here.upload(STOCK_ROWS)
    preview = min(seconds(lambda: here.check(upload)) for _turn in range(TURNS))
    return preview, seconds(lambda: here.commit(upload))


def stock_case(people: Dataset, postings: Dataset) -> tuple[float, float]:
    """Dry runs and imports. A posting can only be tried when its person is there: people are written between."""
    dry = stock(StockPeople, people, dry_run=True)
    real = stock(StockPeople, people, dry_run=False)
    dry += stock(StockPostings, postings, dry_run=True)
    return dry, real + stock(StockPostings, postings, dry_run=False)


def against_stock(which: Callable[[Case], tuple[float, float]], what: str) -> Figure:
    """The case in which ours gains least."""
    case = min(side_by_side(), key=lambda case: which(case)[1] / which(case)[0])
    ours, base = which(case)
    said = (
        f"{what} of import-export's ModelResource of the same two models (foreign-key widgets, "
        f"clean_model_instances), rows in memory; {case.said}, the other case gains more"
    )
    return Figure(ours, STOCK_ROWS, base, said)


@benchmark("import.preview.stock", unit="times", bar=10, better="higher")
def preview_against_stock() -> Figure:
    """Seconds from the file to the preview."""
    return against_stock(lambda case: case.preview, "the dry run")


@benchmark("import.confirm.stock", unit="times", bar=10, better="higher")
def confirm_against_stock() -> Figure:
    """Seconds from the file, read again, to the commit."""
    return against_stock(lambda case: case.confirm, "the import")


@benchmark("import.floor", unit="times", bar=6)
def import_against_the_floor() -> Figure:
    """Seconds of preview and confirming together."""
    preview, confirm, base = [], [], []
    with hall() as here:
        path = here.file(FLOOR_ROWS)
        for _turn in range(FLOOR_TURNS):
            here.empty()
            upload = here.upload(FLOOR_ROWS)
            preview.append(seconds(partial(here.check, upload)))
            confirm.append(seconds(partial(here.commit, upload)))
            people, postings = made_again()
            here.empty()
            base.append(seconds(partial(bare_import, path, people, postings)))
            del people, postings
    said = "reading with calamine and bulk_create of the same people and postings, already made"
    return Figure(min(preview) + min(confirm), FLOOR_ROWS, min(base), said)


def made_again() -> tuple[list[Person], list[Posting]]:
    """The rows that were written, as objects that are not written yet."""
    people = list(Person.objects.order_by("pk"))
    by_key = {person.pk: person for person in people}
    postings = list(Posting.objects.order_by("pk"))
    for posting in postings:
        posting.person = by_key[posting.person_id]
    for row in (*people, *postings):
        row.pk, row._state.adding = None, True
    return people, postings


def bare_import(path: Path, people: list[Person], postings: list[Posting]) -> None:
    load_workbook(str(path)).get_sheet_by_index(0).to_python()
    with transaction.atomic():
        Person.objects.bulk_create(people)
        for posting in postings:
            posting.person = posting.person
        Posting.objects.bulk_create(postings)


@benchmark("import.growth", unit="exponent", bar=1.1)
def growth_of_the_import() -> Figure:
    """Exponent of time over rows, of the steepest step; 1 is linear."""
    taken = {}
    with hall() as here:
        here.import_whole(100)  # what is loaded once is not growth
        for number in GROWTH:
            here.file(number)
            turns = []
            for _turn in range(TURNS):
                here.empty()
                turns.append(seconds(lambda number=number: here.import_whole(number)))
            taken[number] = min(turns)
    steps = [math.log(taken[more] / taken[less]) / math.log(more / less) for less, more in itertools.pairwise(GROWTH)]
    return Figure(max(steps), GROWTH[-1])


@benchmark("import.queries", unit="queries a batch", bar=6)
def queries_of_the_import() -> Figure:
    """Statements besides INSERTs that each further batch of rows costs, preview and confirming together."""
    less, more = 2 * BATCH, 6 * BATCH
    with hall() as here:
        counted = []
        for number in (less, more):
            here.empty()
            here.file(number)
            with statements() as sent:
                here.import_whole(number)
            counted.append(sum(1 for sql in sent if not sql.startswith("INSERT")))
    return Figure((counted[1] - counted[0]) / ((more - less) / BATCH), more)


@benchmark("import.memory_mb", unit="MB", bar=512, databases=("",))
def memory_of_the_reader() -> Figure:
    """The highest resident size of the process that opens the file."""
    with tempfile.TemporaryDirectory() as folder:
        path = write_register(Path(folder) / "register.xlsx", READ_ROWS)
        return Figure(open_workbook(path).peak_mb, READ_ROWS)
