"""What every provider promises: its name leads to it, and without a key it says what to set."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from kernel.errors import SetUp
from kernel.providers import PROVIDERS, Place, place_of
from kernel.settings import Settings

each = pytest.mark.parametrize("place", PROVIDERS, ids=lambda place: str(place.name))


def test_names_and_families_are_used_once() -> None:
    names = [place.name for place in PROVIDERS]
    families = [family for place in PROVIDERS for family in place.families]
    assert len(set(names)) == len(names)
    assert len(set(families)) == len(families)


@each
def test_a_models_name_leads_to_its_provider(place: Place) -> None:
    assert place_of(f"{place.name}:some-model") == (place, "some-model")
    for family in place.families:
        assert place_of(f"{family}x")[0] == place


@each
def test_it_goes_by_one_name_everywhere(place: Place) -> None:
    assert place.make(SecretStr("sk-test-0123456789"), None).name == place.name


@each
def test_without_a_key_it_says_what_to_set(place: Place) -> None:
    with pytest.raises(SetUp, match=r"There is no key for \w+: set"):
        place.make(None, None)


@each
def test_the_settings_know_its_key_and_its_address(place: Place) -> None:
    assert {f"{place.name}_api_key", f"{place.name}_base_url"} <= set(Settings.model_fields)
