"""The tree against published vectors, and against the RFC's definition written down once more."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.merkle import EMPTY_ROOT, Frontier, leaf_hash, node_hash

# The reference leaves and roots of RFC 6962's implementation (certificate-transparency,
# merkle_tree_test), used by every log since.
LEAVES = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def frontier_of(leaves):
    frontier = Frontier()
    for leaf in leaves:
        frontier = frontier.append(leaf_hash(leaf))
    return frontier


def defined_root(leaves):
    """MTH as RFC 9162, 2.1.1 defines it."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    left, right = defined_root(leaves[:split]), defined_root(leaves[split:])
    return sha256(b"\x01" + left + right).digest()


@pytest.mark.parametrize("size", range(len(ROOTS)))
def test_roots_are_the_published_ones(size):
    leaves = [bytes.fromhex(leaf) for leaf in LEAVES[:size]]

    assert frontier_of(leaves).root().hex() == ROOTS[size]


def test_an_empty_log_has_the_root_of_nothing():
    assert Frontier().root() == EMPTY_ROOT == sha256(b"").digest()


@given(st.lists(st.binary(max_size=40), max_size=140))
def test_any_log_has_the_root_that_the_rfc_defines(leaves):
    assert frontier_of(leaves).root() == defined_root(leaves)


@given(st.integers(min_value=0, max_value=300))
def test_a_frontier_survives_storing(size):
    frontier = frontier_of([str(number).encode() for number in range(size)])

    assert Frontier.from_bytes(size, frontier.to_bytes()) == frontier


def test_a_frontier_keeps_the_largest_subtree_first():
    one, two, three = (leaf_hash(text) for text in (b"1", b"2", b"3"))

    assert frontier_of([b"1", b"2", b"3"]).hashes == (node_hash(one, two), three)


@pytest.mark.parametrize(
    ("size", "raw"),
    [
        (0, b"x" * 32),
        (1, b""),
        (3, b"x" * 32),
        (3, b"x" * 96),
        (3, b"x" * 63),
        (1, b"x" * 31),
        (-1, b"x" * 32),
    ],
)
def test_a_frontier_refuses_what_does_not_fit(size, raw):
    with pytest.raises(ValueError, match="hash"):
        Frontier.from_bytes(size, raw)
