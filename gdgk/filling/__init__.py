"""The fill-in form: an Excel workbook in which an agency hands its figures in, checked while it is filled in.

The equations are those of the reconciliation (:mod:`gdgk.reconciliation`), written as formulas; ``gdgk import`` reads a
form back (:mod:`gdgk.importers.filled`) and recomputes everything.
"""

from __future__ import annotations

from gdgk.archive import Archive
from gdgk.filling.cover import Cover
from gdgk.filling.prior import before_of, nothing_before
from gdgk.form import Edition, edition_for

__all__ = ["agency_form", "blank_form"]


def blank_form(year: int, form: Edition | None = None) -> bytes:
    """A form for whatever agency, as the bytes of an .xlsx. form: the official edition of the year when None.

    Raises :class:`gdgk.errors.UnknownName` for a year before the first national form.
    """
    from gdgk.filling.writing import form_workbook

    chosen = form or edition_for(year)
    return form_workbook(Cover("", "", year, chosen.id), chosen, nothing_before(year, "空白表，不带上年数"))


def agency_form(archive: Archive, agency: str, year: int, form: Edition | None = None) -> bytes:
    """A form for an agency, with last year's figures where its report is in the archive, as corrected.

    Raises :class:`gdgk.errors.UnknownName` for an agency or year that is not there, and
    :class:`gdgk.errors.InputError` where last year's report cannot be read.
    """
    from gdgk.filling.writing import form_workbook

    own, chosen = archive.agency(agency), form or edition_for(year)
    return form_workbook(Cover(own.id, own.name, year, chosen.id), chosen, before_of(archive, agency, year))
