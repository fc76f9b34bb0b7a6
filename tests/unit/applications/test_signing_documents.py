"""Signing with e-ID: the document that is signed is the one that the case holds (A14)."""

from dataclasses import replace

import pytest

from services.applications.application.domain import SignApplication
from services.applications.application.domain.refusals import AlreadySigned
from services.applications.application.domain.refusals.signing import DocumentChanged
from services.applications.application.domain.signing import SigningDocument, sign_document
from shared.contracts.applications import SigningMethod
from shared.kernel.refusals import NotFound
from tests.unit.applications.examples import APPLICATION, OWN, SOMEBODY_ELSE, given, signed, submitted

DOCUMENT = SigningDocument(APPLICATION, "ref", "00", "signatory-1", "serial-1", "2023-02-20T12:00:00+00:00")
COMMAND = SignApplication(APPLICATION, OWN, "signatory-1", SigningMethod.E_ID, "id-token")


def test_a_document_is_another_one_as_soon_as_anything_in_it_is_another_a14() -> None:
    others = [
        replace(DOCUMENT, **{name: "other"})
        for name in ("application", "contents", "contents_sha256", "signer", "serial", "issued_at")
    ]
    hashes = {document.hash for document in (DOCUMENT, *others)}
    assert len(hashes) == 7
    assert SigningDocument.read(DOCUMENT.text()) == DOCUMENT
    assert len(DOCUMENT.hash) == 43


def test_what_was_signed_is_what_the_case_holds_a14() -> None:
    (fact,) = sign_document(given(*submitted()), COMMAND, DOCUMENT, contents="evidence")
    assert (fact.signed_by, fact.method, fact.contents) == ("signatory-1", SigningMethod.E_ID, "evidence")
    for document in (replace(DOCUMENT, contents="older"), replace(DOCUMENT, signer="signatory-2")):
        with pytest.raises(DocumentChanged):
            sign_document(given(*submitted()), COMMAND, document, contents="evidence")
    with pytest.raises(AlreadySigned):
        sign_document(given(*signed()), COMMAND, DOCUMENT, contents="evidence")
    with pytest.raises(NotFound):
        sign_document(given(*submitted()), replace(COMMAND, scope=SOMEBODY_ELSE), DOCUMENT, contents="evidence")
