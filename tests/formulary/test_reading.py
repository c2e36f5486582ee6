"""Which files a formulary is read from, which it can't do without, and how its version follows."""

import hashlib
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medplan.errors import InvalidFormularyError, Problem
from medplan.formulary.files import FAULT, Document, content_hash, read_jurisdiction
from medplan.formulary.loader import load_formulary
from tests.formulary.folders import FIXTURE, Change, changed

DOCUMENTS = st.lists(
    st.builds(Document, st.text(min_size=1), st.binary(), st.just({})),
    unique_by=lambda document: document.path,
)
NEEDED = [
    "shared/sources.toml",
    "shared/vocabulary.toml",
    "shared/co_medicines.toml",
    "shared/opioid_load.toml",
    "shared/gastroprotection.toml",
    "shared/laxative.toml",
    "shared/advice.toml",
    "shared/missing_facts.toml",
    "nz/jurisdiction.toml",
]


@given(DOCUMENTS, st.randoms())
def test_the_version_does_not_hang_on_the_order_of_the_files(
    documents: list[Document], random: Random
) -> None:
    shuffled = documents.copy()
    random.shuffle(shuffled)

    assert content_hash(shuffled) == content_hash(documents)


def test_the_version_changes_with_any_byte_that_was_read_and_with_no_other(tmp_path: Path) -> None:
    version = load_formulary("NZ", FIXTURE).version
    other_country = changed(tmp_path / "a", Change("gb/jurisdiction.toml", "", "# a note\n"))
    comment = changed(tmp_path / "b", Change("shared/advice.toml", "", "# a note\n"))

    assert version.startswith("sha256:")
    assert load_formulary("NZ", changed(tmp_path / "c")).version == version
    assert load_formulary("NZ", other_country).version == version
    assert load_formulary("NZ", comment).version != version


def test_the_version_is_the_hash_of_the_paths_lengths_and_bytes_in_order_of_path() -> None:
    documents = [Document("b.toml", b"x = 1\n", {}), Document("a.toml", "é".encode(), {})]
    hashed = hashlib.sha256("a.toml\n2\néb.toml\n6\nx = 1\n".encode()).hexdigest()

    assert content_hash(documents) == f"sha256:{hashed}"


@pytest.mark.parametrize("missing", NEEDED)
def test_a_file_that_every_formulary_needs_is_missed(missing: str, tmp_path: Path) -> None:
    folder = changed(tmp_path)
    (folder / missing).unlink()

    with pytest.raises(InvalidFormularyError) as refused:
        load_formulary("NZ", folder)

    assert refused.value.problems == (Problem(f"{missing}:1#", FAULT, "is missing"),)


def test_a_folder_without_the_jurisdiction_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidFormularyError) as refused:
        load_formulary("NZ", tmp_path)

    assert set(refused.value.problems) == {
        Problem("nz/medicines:1#", FAULT, "has no medicine for NZ"),
        *(Problem(f"{path}:1#", FAULT, "is missing") for path in NEEDED),
    }


def test_text_that_is_not_utf_8_is_refused_and_so_is_what_is_not_toml(tmp_path: Path) -> None:
    folder = changed(tmp_path)
    (folder / "shared/advice.toml").write_bytes(b"# \xff\n")
    Change("shared/vocabulary.toml", 'allergies = ["nsaid"]', "allergies = nsaid").make(folder)

    with pytest.raises(InvalidFormularyError) as refused:
        load_formulary("NZ", folder)

    assert refused.value.problems == (
        Problem("shared/advice.toml:1#", FAULT, "is not UTF-8 text"),
        Problem("shared/vocabulary.toml:3#", FAULT, "is not TOML: Invalid value"),
    )


def test_medicines_with_a_file_that_cannot_be_read_are_left_out_and_the_others_are_not(
    tmp_path: Path,
) -> None:
    folder = changed(
        tmp_path,
        Change("shared/medicines/achenol.toml", "", "\n= broken\n"),
        Change("nz/medicines/stomel.toml", "", "\n= broken\n"),
    )

    documents, _ = read_jurisdiction(folder, "NZ")

    assert [document.path for document in documents] == [
        "nz/jurisdiction.toml",
        "nz/medicines/achenol.toml",
        "nz/medicines/duol.toml",
        "nz/medicines/laxol.toml",
        "nz/medicines/nightol.toml",
        "nz/medicines/stomol.toml",
        "nz/medicines/strongol.toml",
        "shared/advice.toml",
        "shared/checks/checks.toml",
        "shared/co_medicines.toml",
        "shared/gastroprotection.toml",
        "shared/laxative.toml",
        "shared/medicines/duol.toml",
        "shared/medicines/laxol.toml",
        "shared/medicines/nightol.toml",
        "shared/medicines/stomel.toml",
        "shared/medicines/stomol.toml",
        "shared/missing_facts.toml",
        "shared/opioid_load.toml",
        "shared/rules/rules.toml",
        "shared/sources.toml",
        "shared/vocabulary.toml",
    ]


def test_shared_files_of_medicines_that_the_jurisdiction_lacks_are_not_read() -> None:
    documents, _ = read_jurisdiction(FIXTURE, "GB")

    assert [d.stem for d in documents if d.folder == "medicines" and d.is_shared] == [
        "achenol",
        "laxol",
        "stomel",
        "stomol",
    ]
