"""Why a file is not taken as an attachment (A24). No text quotes the file or its name."""

from shared.kernel.refusals import Refusal


class FileEmpty(Refusal):
    """An attachment has content."""

    rule = "A24"
    status = 422
    sv = "Filen är tom."
    en = "The file is empty."


class FileTooLarge(Refusal):
    """A file is at most as large as the call allows."""

    rule = "A24"
    status = 413
    sv = "Filen är för stor: {bytes} byte, högst {bytes_max}."
    en = "The file is too large: {bytes} bytes, at most {bytes_max}."


class TooManyFiles(Refusal):
    """An application has at most as many files as the call allows."""

    rule = "A24"
    status = 409
    sv = "Ansökan har redan {files_max} bilagor, och fler får den inte ha."
    en = "The application has {files_max} attachments already, and may have no more."


class FileNameNotAllowed(Refusal):
    """A file's name is a name: neither a path, nor hidden signs, nor longer than anybody reads."""

    rule = "A24"
    status = 422
    sv = "Filnamnet kan inte användas: 1–200 tecken, utan sökväg, styrtecken eller dolda tecken, med filändelse."
    en = "The file name cannot be used: 1–200 characters, no path, no control or hidden characters, with an extension."


class FileTypeNotAllowed(Refusal):
    """The call says which types of files it takes."""

    rule = "A24"
    status = 415
    sv = "Filtypen tas inte emot. Utlysningen tar emot: {media_types}."
    en = "This type of file is not taken. The call takes: {media_types}."


class FileTypeDoesNotAgree(Refusal):
    """What a file says that it is, its extension and its content say the same."""

    rule = "A24"
    status = 422
    sv = "Filens innehåll, filändelse och uppgivna typ stämmer inte överens."
    en = "The file's content, its extension and its declared type do not agree."


class FileDamaged(Refusal):
    """A file can be read to its end, and ends where it says."""

    rule = "A24"
    status = 422
    sv = "Filen är skadad eller ofullständig och går inte att läsa."
    en = "The file is damaged or incomplete and cannot be read."


class FileEncrypted(Refusal):
    """A file can be read without a password."""

    rule = "A24"
    status = 422
    sv = "Filen är skyddad med lösenord eller krypterad. Skicka den utan skydd."
    en = "The file is protected by a password or encrypted. Send it without protection."


class FileHasActiveContent(Refusal):
    """A file only shows something: it runs nothing, fetches nothing and carries no other file."""

    rule = "A24"
    status = 422
    sv = (
        "Filen innehåller makron, skript, inbäddade filer eller länkar till externt innehåll ({what}). Ta bort dem, "
        "eller spara som PDF, och skicka filen igen."
    )
    en = (
        "The file contains macros, scripts, embedded files or links to external content ({what}). Remove them, or save "
        "as PDF, and send the file again."
    )


class FileUnpacksTooLarge(Refusal):
    """A file is about as large as it seems."""

    rule = "A24"
    status = 422
    sv = "Filen packas upp till mer än en bilaga får vara."
    en = "The file unpacks to more than an attachment may be."


class MalwareFound(Refusal):
    """The scanner found something harmful. Nothing was kept."""

    rule = "A24"
    status = 422
    sv = "Filen avvisades av viruskontrollen. Ingenting har sparats."
    en = "The file was refused by the virus scan. Nothing was kept."
