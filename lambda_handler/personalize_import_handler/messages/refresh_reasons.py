"""Reasons with which only refreshes end: the status of the stack, single files, and the limits of a refresh."""

from personalize_import_handler.contract.constraints import shown
from personalize_import_handler.contract.printable import printable


def stack_changes(status: str) -> str:
    """Return the reason if a refresh starts no job because of the status of the stack."""
    return f"No job was started: the stack is {status}."


def file_failed(failure: object, file_name: str, files_imported: int, *, may_succeed: bool) -> str:
    """Return the reason if an INCREMENTAL refresh could not import a file, or no longer monitors its job."""
    following = (
        "Do not upload it again: its job may still succeed, and its rows would be added twice."
        if may_succeed
        else "The next refresh begins with this file: if the file is the cause, replace it or delete it."
    )
    return (
        f"{failure} The refresh ended with the file {printable(file_name)}, after {files(files_imported)} that it has "
        f"imported. {following}"
    )


def location_too_long(location: str, length_max: int) -> str:
    """Return the reason if the location of a file is too long for a job."""
    return (
        f"The location {printable(location)} has {len(location)} characters, and a job allows {length_max}. Upload the "
        "file under a shorter name. No job was started."
    )


def file_name_not_allowed(file_name: str) -> str:
    """Return the reason if the name of a file contains characters that a location can't contain."""
    return (
        f"The name of the file {shown(file_name)} contains control characters, which a location must not contain. "
        "Upload the file under another name, and delete this one. No job was started."
    )


def refresh_too_long(polls: int, seconds: float, files_imported: int) -> str:
    """Return the reason if a refresh has reached its limit of time or polls."""
    imported = f" {files_imported} files were imported." if files_imported else ""
    return (
        f"The refresh has not ended after {seconds / 3600:.0f} hours and {polls} polls, so it is no longer monitored."
        f"{imported} The next refresh imports what is left. Merge small files, because each file is a job of minutes."
    )


def files(number: int) -> str:
    """Return a number of files as text."""
    return "1 file" if number == 1 else f"{number} files"
