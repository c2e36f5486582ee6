"""Tokens can't be guessed, are recognised by their shape, and betray nothing by their hash."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medplan.services import tokens


def test_a_token_has_256_random_bits_behind_its_prefix() -> None:
    token = tokens.new_link_token(tokens.FEED, 7)

    assert token.startswith("mpf_")
    assert tokens.is_token(tokens.FEED, token)
    assert len({tokens.new_link_token(tokens.FEED, 7) for _ in range(100)}) == 100


@given(place=st.integers(4, 56), letter=st.sampled_from("0aZ_-"))
def test_one_wrong_letter_is_no_token(place: int, letter: str) -> None:
    token = tokens.new_link_token(tokens.FEED, 7)
    wrong = token[:place] + letter + token[place + 1 :]

    assert tokens.is_token(tokens.FEED, wrong) is (wrong == token)


@given(shard=st.integers(0, 255), prefix=st.sampled_from([tokens.FEED, tokens.PATIENT]))
def test_a_links_token_says_its_shard(shard: int, prefix: str) -> None:
    token = tokens.new_link_token(prefix, shard)

    assert tokens.is_token(prefix, token)
    assert tokens.shard_of(token) == shard


def test_a_shard_is_one_byte_and_other_tokens_have_none() -> None:
    with pytest.raises(ValueError, match="one byte"):
        tokens.new_link_token(tokens.FEED, 256)
    assert tokens.shard_of(tokens.new_token(tokens.API)) is None


def test_a_token_of_one_kind_is_none_of_another() -> None:
    assert not tokens.is_token(tokens.API, tokens.new_link_token(tokens.FEED, 7))


def test_only_the_hash_is_told_on() -> None:
    token = tokens.new_token(tokens.API)
    kept = tokens.token_hash(token)

    assert len(kept) == 64
    assert token[4:] not in kept
    assert tokens.same_hash(kept, tokens.token_hash(token))
