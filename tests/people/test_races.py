"""Two officers, one person: one wins, the other is told."""

import datetime as dt
import threading

import pytest
from django.db import IntegrityError, connection, connections

from intranet import clock
from intranet.people.exceptions import LeadershipError, PostingError
from intranet.people.models import Leadership, Person, Posting
from intranet.people.services import leaderships, postings
from tests.people.hall import make_hall, make_person


def at_once(*actions) -> list:
    """Run the actions in threads from one start line; gives what each returned or raised."""
    line = threading.Barrier(len(actions))
    results: list = [None] * len(actions)

    def run(index, action):
        try:
            line.wait()
            results[index] = action()
        except Exception as error:
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.fixture
def moved(own_database):
    hall = make_hall()
    return hall, make_person("甲", "1", hall.tax)


def test_one_transfer_wins_and_the_other_officer_is_told(moved):
    hall, person = moved
    seen = person.postings.get()
    today = clock.today()
    units = [hall.police, hall.centre, hall.tax_section, hall.police]
    results = at_once(
        *(
            lambda unit=unit, i=i: postings.transfer(
                person=person, unit=unit, starts_on=today + dt.timedelta(days=i), by=None, seen=seen
            )
            for i, unit in enumerate(units)
        )
    )
    assert sum(isinstance(result, Posting) for result in results) == 1
    assert sum(isinstance(result, PostingError) for result in results) == 3, results
    assert person.postings.count() == 2
    assert person.postings.filter(ends_on=None).count() == 1


def test_one_entry_wins(own_database):
    hall = make_hall()
    person = make_person("甲", "1")
    results = at_once(*(lambda: postings.enter(person=person, unit=hall.tax, by=None) for _n in range(4)))
    assert sum(isinstance(result, Posting) for result in results) == 1
    assert sum(isinstance(result, PostingError) for result in results) == 3, results


def test_one_appointment_wins(own_database):
    hall = make_hall()
    people = [make_person("甲", f"{n}", hall.tax) for n in range(3)]
    kind = Leadership.Kind.CHIEF_REPRESENTATIVE
    results = at_once(*(lambda p=p: leaderships.appoint(kind=kind, person=p, unit=hall.tax, by=None) for p in people))
    assert sum(isinstance(result, Leadership) for result in results) == 1
    assert sum(isinstance(result, LeadershipError) for result in results) == 2, results


@pytest.mark.control
def test_without_the_check_of_what_was_seen_both_transfers_are_written(moved):
    """The guard off: the second officer overwrites the first one's move without being told."""
    hall, person = moved
    today = clock.today()
    postings.transfer(person=person, unit=hall.police, starts_on=today, by=None, seen=None)
    postings.transfer(person=person, unit=hall.centre, starts_on=today + dt.timedelta(days=1), by=None, seen=None)
    assert person.postings.count() == 3


@pytest.mark.control
def test_without_lock_and_check_only_the_unique_key_stands(moved):
    """Lock and check off: two open postings are still impossible; with the key off too, they are not."""
    hall, person = moved
    with pytest.raises(IntegrityError):
        Posting.objects.create(person=person, unit=hall.police, starts_on=clock.today())
    key = next(c for c in Posting._meta.constraints if c.name == "people_posting_one_current")
    with connection.schema_editor() as editor:
        editor.remove_constraint(Posting, key)
    Posting.objects.create(person=person, unit=hall.police, starts_on=clock.today())
    assert Person.objects.get().postings.filter(ends_on=None).count() == 2
