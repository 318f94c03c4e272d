"""Proofs from the stored log, checked by the verifier's arithmetic; roots by an implementation that is not ours."""

import pytest
from pymerkle import InmemoryTree

from audit import merkle
from audit.head import BrokenLedger, state
from audit.merkle import BLOCK, leaf_hash, root_of
from audit.models import Entry, Tile
from audit.proofs import Prover
from tests.audit.making import make_change, make_entries
from tests.audit.sql import forge

SIZES = [1, 2, 3, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 2 * BLOCK + 3, 3 * BLOCK + 7]


def hashes(size):
    return [leaf_hash(str(number).encode()) for number in range(size)]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 7, 8, 31, 100, 300])
def test_roots_are_those_of_another_implementation(size):
    other = InmemoryTree(algorithm="sha256")
    for number in range(size):
        other.append_entry(str(number).encode())

    assert root_of(hashes(size)) == other.get_root()


@pytest.mark.parametrize("size", range(1, 70))
def test_a_path_leads_from_a_leaf_to_the_root(size):
    leaves = hashes(size)

    def subtree(low, high):
        return root_of(leaves[low:high])

    for index in range(size):
        path = merkle.inclusion_path(subtree, index, size)
        assert climbed(leaves[index], index, size, path) == root_of(leaves)


def climbed(node, index, size, path):
    """RFC 9162, 2.1.3.2, written anew."""
    last = size - 1
    for part in path:
        if index & 1 or index == last:
            node = merkle.node_hash(part, node)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            node = merkle.node_hash(node, part)
        index, last = index >> 1, last >> 1
    assert last == 0
    return node


@pytest.mark.django_db
def test_the_stored_log_proves_what_its_leaves_say():
    make_entries(*[make_change() for _ in range(max(SIZES))])
    leaves = [
        bytes(row) for row in Entry.objects.order_by("seq").values_list("leaf_hash", flat=True)
    ]

    def subtree(low, high):
        return root_of(leaves[low:high])

    assert Prover(len(leaves)).root() == state().root
    for size in SIZES:
        prover = Prover(size)
        assert prover.root() == root_of(leaves[:size])
        for index in {0, size // 2, size - 1}:
            assert prover.inclusion(index) == merkle.inclusion_path(subtree, index, size)
        for old in SIZES:
            if old <= size:
                assert prover.consistency(old) == merkle.consistency_path(subtree, old, size)


@pytest.mark.django_db
def test_an_empty_log_has_a_root():
    assert Prover(0).root() == root_of([])


@pytest.mark.django_db
def test_there_is_no_proof_of_what_is_not_there():
    make_entries(make_change())

    with pytest.raises(ValueError, match="none at 1"):
        Prover(1).inclusion(1)
    with pytest.raises(ValueError, match="no beginning"):
        Prover(1).consistency(2)
    with pytest.raises(ValueError, match="no beginning"):
        Prover(1).consistency(0)


@pytest.mark.django_db
def test_a_log_with_holes_proves_nothing():
    make_entries(*[make_change() for _ in range(BLOCK + 2)])

    forge("DELETE FROM audit_entry WHERE seq = 257")
    with pytest.raises(BrokenLedger, match="Entries"):
        Prover(BLOCK + 2).inclusion(BLOCK)
    forge("DELETE FROM audit_tile")
    with pytest.raises(BrokenLedger, match="Blocks"):
        Prover(BLOCK)


@pytest.mark.django_db
def test_a_proof_reads_few_rows(django_assert_num_queries):
    make_entries(*[make_change() for _ in range(3 * BLOCK)])

    with django_assert_num_queries(2):
        Prover(3 * BLOCK).inclusion(5)


@pytest.mark.django_db
def test_a_block_is_stored_with_the_leaf_that_fills_it():
    make_entries(*[make_change() for _ in range(BLOCK - 1)])
    assert not Tile.objects.exists()

    make_entries(make_change(), make_change())

    assert list(Tile.objects.values_list("number", flat=True)) == [0]
