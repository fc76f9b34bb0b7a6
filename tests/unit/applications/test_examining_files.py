"""What is taken as an attachment, and a table of what is not: each with the one reason for it (A24)."""

import zipfile
from typing import Final

import pytest

from services.applications.attachment.domain.examining import examine
from services.applications.attachment.domain.images import PIXELS_MAX
from services.applications.attachment.domain.kinds import DOCX, JPEG, KINDS, PDF, PNG, XLSX
from services.applications.attachment.domain.names import NAME_CHARACTERS_MAX, checked_name
from services.applications.attachment.domain.office import MEMBER_BYTES_MAX, MEMBERS_MAX
from services.applications.attachment.domain.refusals import (
    FileDamaged,
    FileEncrypted,
    FileHasActiveContent,
    FileNameNotAllowed,
    FileTypeDoesNotAgree,
    FileTypeNotAllowed,
    FileUnpacksTooLarge,
)
from shared.kernel.refusals import Refusal
from tests.unit.applications.files import (
    a_huge_png,
    a_pdf,
    a_pdf_with_a_foreign_stream,
    a_pdf_with_action,
    a_relation,
    an_image,
    an_office_file,
    with_encrypted_flag,
    with_understated_sizes,
)

ALLOWED: Final = list(KINDS)
EXTENSION: Final = {PDF: "pdf", PNG: "png", JPEG: "jpg", DOCX: "docx", XLSX: "xlsx"}
ZEROS: Final = 30_000_000
LINK: Final = a_relation("hyperlink", "https://example.se/")


def examined(data: bytes, media_type: str, *, name: str | None = None, allowed: list[str] = ALLOWED) -> None:
    examine(data, name=name or f"bilaga.{EXTENSION[media_type]}", media_type=media_type, allowed=allowed)


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (a_pdf(), PDF),
        (a_pdf() + b"\n", PDF),
        (a_pdf_with_action("/GoTo"), PDF),
        (an_image(), PNG),
        (an_image("JPEG"), JPEG),
        (an_office_file(), DOCX),
        (an_office_file(XLSX), XLSX),
        (an_office_file(relation=LINK), DOCX),
        (an_office_file(more={"word/media/image1.png": an_image()}), DOCX),
        (an_office_file(more={f"word/{number}.xml": b"" for number in range(MEMBERS_MAX - 3)}), DOCX),
    ],
)
def test_what_only_shows_something_is_taken(data: bytes, media_type: str) -> None:
    examined(data, media_type)


@pytest.mark.parametrize(
    ("data", "media_type", "reason"),
    [
        # of another type
        (an_image(), PDF, FileTypeDoesNotAgree),
        (b"MZ\x90\x00" + bytes(200), PDF, FileTypeDoesNotAgree),
        (b"<html><script>alert(1)</script></html>", PNG, FileTypeDoesNotAgree),
        (b"", PDF, FileTypeDoesNotAgree),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), DOCX, FileTypeDoesNotAgree),
        (an_office_file(XLSX), DOCX, FileTypeDoesNotAgree),
        (an_office_file(main="application/xml"), DOCX, FileTypeDoesNotAgree),
        (b"\n" + a_pdf(), PDF, FileTypeDoesNotAgree),
        # two files in one
        (a_pdf()[:-6] + an_office_file() + a_pdf()[-30:], PDF, FileTypeDoesNotAgree),
        (a_pdf() + an_office_file(), PDF, FileTypeDoesNotAgree),
        (an_image() + an_office_file(), PNG, FileTypeDoesNotAgree),
        (an_image() + b"<script>alert(1)</script>", PNG, FileDamaged),
        (a_pdf() + b"<script>alert(1)</script>", PDF, FileDamaged),
        (an_office_file() + b"more", DOCX, FileDamaged),
        # truncated or damaged
        (a_pdf()[:-20], PDF, FileDamaged),
        (a_pdf()[:30] + a_pdf()[-30:], PDF, FileDamaged),
        (an_image()[:-12], PNG, FileDamaged),
        (an_image(side=200)[:60] + an_image()[-12:], PNG, FileDamaged),
        (an_image("JPEG")[:-2], JPEG, FileDamaged),
        (an_office_file()[:-30], DOCX, FileDamaged),
        (an_office_file(compression=zipfile.ZIP_STORED).replace(b"<document/>", b"<documenT/>", 1), DOCX, FileDamaged),
        (an_office_file(more={"../../etc/passwd": b"x"}), DOCX, FileDamaged),
        (an_office_file(more={"/etc/passwd": b"x"}), DOCX, FileDamaged),
        (an_office_file(more={"WORD/document.xml": b"x"}), DOCX, FileDamaged),
        (an_office_file(relation="<!DOCTYPE x>"), DOCX, FileDamaged),
        # encrypted
        (a_pdf(password="secret"), PDF, FileEncrypted),
        (a_pdf(password=""), PDF, FileEncrypted),
        (with_encrypted_flag(an_office_file()), DOCX, FileEncrypted),
        # bombs
        (a_huge_png(), PNG, FileUnpacksTooLarge),
        (an_image(side=int(PIXELS_MAX**0.5) + 1), PNG, FileUnpacksTooLarge),
        (an_office_file(more={"word/bomb.xml": bytes(ZEROS)}), DOCX, FileUnpacksTooLarge),
        (an_office_file(more={"word/bomb.xml": bytes(MEMBER_BYTES_MAX + 1)}), DOCX, FileUnpacksTooLarge),
        (an_office_file(more={f"word/{number}.xml": b"" for number in range(MEMBERS_MAX)}), DOCX, FileUnpacksTooLarge),
        (with_understated_sizes(an_office_file(more={"b.xml": bytes(ZEROS)}), ZEROS), DOCX, FileDamaged),
        # active content
        (a_pdf_with_action("/JavaScript"), PDF, FileHasActiveContent),
        (a_pdf(file=b"MZ"), PDF, FileHasActiveContent),
        (a_pdf_with_action("/Launch"), PDF, FileHasActiveContent),
        (a_pdf_with_action("/Launch", indirect=True), PDF, FileHasActiveContent),
        (a_pdf_with_action("/SubmitForm"), PDF, FileHasActiveContent),
        (a_pdf_with_a_foreign_stream(), PDF, FileHasActiveContent),
        (an_office_file(more={"word/vbaProject.bin": b"x"}), DOCX, FileHasActiveContent),
        (an_office_file(more={"word/activeX/activeX1.xml": b"x"}), DOCX, FileHasActiveContent),
        (an_office_file(more={"word/embeddings/oleObject1.bin": b"x"}), DOCX, FileHasActiveContent),
        (an_office_file(XLSX, more={"xl/externalLinks/externalLink1.xml": b"x"}), XLSX, FileHasActiveContent),
        (an_office_file(relation=a_relation("attachedTemplate", "https://example.se/")), DOCX, FileHasActiveContent),
        (an_office_file(relation=a_relation("hyperlink", "file://server/share")), DOCX, FileHasActiveContent),
        (
            an_office_file(types='<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'),
            DOCX,
            FileHasActiveContent,
        ),
    ],
)
def test_what_is_not_what_it_says_or_does_more_than_show_is_refused(
    data: bytes, media_type: str, reason: type[Refusal]
) -> None:
    with pytest.raises(reason):
        examined(data, media_type)


@pytest.mark.parametrize("name", ["bilaga.exe", "bilaga.docx", "bilaga.pdf.exe"])
def test_the_extension_agrees_with_the_content(name: str) -> None:
    with pytest.raises(FileTypeDoesNotAgree):
        examined(a_pdf(), PDF, name=name)


def test_only_types_that_the_call_takes_and_somebody_can_examine_are_taken() -> None:
    with pytest.raises(FileTypeNotAllowed) as caught:
        examined(an_image(), PNG, allowed=[PDF, "text/html"])
    assert caught.value.facts == {"media_types": PDF}
    with pytest.raises(FileTypeNotAllowed):
        examine(b"<html>", name="a.html", media_type="text/html", allowed=["text/html"])


@pytest.mark.parametrize("name", ["Avsiktsförklaring (1).pdf", "a.b.pdf", "x" * (NAME_CHARACTERS_MAX - 4) + ".pdf"])
def test_a_name_that_is_only_a_name_is_kept(name: str) -> None:
    assert checked_name(name) == name


def test_a_name_is_kept_in_composed_form() -> None:
    assert checked_name("fo\u0308rslag.pdf") == "förslag.pdf"


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".pdf",
        "utan ändelse",
        "punkt.",
        "../../etc/passwd.pdf",
        "..\\..\\boot.pdf",
        "C:\\bilaga.pdf",
        "bilaga\u202efdp.exe",
        "bilaga\u200b.pdf",
        "bilaga\x00.pdf",
        "bilaga\n.pdf",
        " bilaga.pdf",
        ".dold.pdf",
        "bilaga\ud800.pdf",
        "x" * (NAME_CHARACTERS_MAX - 3) + ".pdf",
        "x" * 300 + ".pdf",
    ],
)
def test_a_name_that_is_more_than_a_name_is_refused(name: str) -> None:
    with pytest.raises(FileNameNotAllowed):
        checked_name(name)
