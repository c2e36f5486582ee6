"""An issued plan can be had on paper, by whoever may read it."""

from io import BytesIO

from pypdf import PdfReader

from tests.api.practice import Practice


def test_an_issued_plan_is_printed_for_the_patient_and_for_the_record(practice: Practice) -> None:
    plan = practice.prescriber.issued()

    sheets = {
        form: practice.prescriber.get(f"{plan}.pdf?form={form}") for form in ("plan", "record")
    }

    for form, title in (("plan", "Your plan"), ("record", "Plan summary")):
        answer = sheets[form]
        reader = PdfReader(BytesIO(answer.data))
        assert (answer.status_code, answer.content_type) == (200, "application/pdf")
        assert answer.headers["Content-Disposition"] == f'inline; filename="{form}.pdf"'
        assert reader.metadata is not None
        assert reader.metadata.title == title
        assert "1 tablet of 250 mg" in reader.pages[0].extract_text()
        assert "canary" not in " ".join(page.extract_text() for page in reader.pages)
    assert practice.prescriber.get(f"{plan}.pdf").data == sheets["plan"].data
    assert practice.pharmacist.get(f"{plan}.pdf").status_code == 200


def test_paper_is_refused_to_strangers_and_of_drafts_and_in_unknown_forms(
    practice: Practice,
) -> None:
    plan = practice.prescriber.issued()
    draft = practice.prescriber.draft().headers["Location"]

    assert practice.stranger.get(f"{plan}.pdf").status_code == 404
    assert practice.nobody.get(f"{plan}.pdf").status_code == 401
    assert practice.prescriber.get(f"{draft}.pdf").status_code == 409
    assert practice.prescriber.get(f"{plan}.pdf?form=poster").status_code == 422
