"""What is sealed opens with every secret of the hall and with nothing else."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from intranet.access import checks, sealed

OLD, NEW, FOREIGN = "o" * 40, "n" * 40, "f" * 40
NUMBER = "119900198503120018"


@pytest.fixture(autouse=True)
def one_secret(settings):
    settings.SEALING_KEYS = [OLD]


def test_a_sealed_text_opens_again_and_does_not_show():
    kept = sealed.seal(NUMBER)
    assert NUMBER not in kept
    assert kept != sealed.seal(NUMBER)
    assert sealed.unseal(kept) == NUMBER
    assert sealed.seal("") == sealed.unseal("") == sealed.keyed_hash("") == ""


def test_a_new_secret_seals_and_the_old_one_still_opens(settings):
    before, hashed = sealed.seal(NUMBER), sealed.keyed_hash(NUMBER)
    settings.SEALING_KEYS = [NEW, OLD]
    assert sealed.unseal(before) == NUMBER
    assert not sealed.is_current(before)
    assert sealed.is_current(sealed.seal(NUMBER))
    assert sealed.known_hashes(NUMBER) == (sealed.keyed_hash(NUMBER), hashed)
    assert sealed.keyed_hash(NUMBER) != hashed


@pytest.mark.control
@pytest.mark.parametrize("damage", [lambda text: text[:-6] + "AAAAA=", lambda text: "canary", lambda text: "锁"])
def test_a_foreign_or_damaged_seal_does_not_open(settings, damage):
    with pytest.raises(sealed.SealBroken):
        sealed.unseal(damage(sealed.seal(NUMBER)))
    kept = sealed.seal(NUMBER)
    settings.SEALING_KEYS = [FOREIGN]
    with pytest.raises(sealed.SealBroken):
        sealed.unseal(kept)


@pytest.mark.control
def test_the_hash_needs_the_secret(settings):
    import hashlib

    assert sealed.keyed_hash(NUMBER) != hashlib.sha256(NUMBER.encode()).hexdigest()
    ours = sealed.keyed_hash(NUMBER)
    settings.SEALING_KEYS = [FOREIGN]
    assert sealed.keyed_hash(NUMBER) != ours


def test_without_a_secret_nothing_is_sealed(settings):
    settings.SEALING_KEYS = []
    with pytest.raises(ImproperlyConfigured, match="SEALING_KEYS"):
        sealed.seal(NUMBER)


@pytest.mark.parametrize(
    ("keys", "said"), [([], "access.E007"), (["short"], "access.E008"), ([NEW, "the-secret-key"], "access.E008")]
)
def test_production_is_told_about_missing_or_weak_secrets(settings, keys, said):
    settings.SECRET_KEY, settings.SEALING_KEYS = "the-secret-key", keys
    assert [problem.id for problem in checks.keys_for_sealing(None)] == [said]
    settings.SEALING_KEYS = [NEW, OLD]
    assert checks.keys_for_sealing(None) == []
