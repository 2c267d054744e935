"""PDF: the official HTML on A4 by its own print rules, fonts embedded, tagged for who listens (PDF/UA-1)."""

from __future__ import annotations

import hashlib
import logging
import re
import unicodedata
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

from nbformat import NotebookNode
from traitlets import default

from gdgk.errors import GdgkError
from gdgk.exporters.official import TEMPLATES, OfficialHtmlExporter

VARIANT = "pdf/ua-1"
# What weasyprint draws with, as Debian names it, and the fonts.
LIBRARIES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
FONTS, RARE_FONTS = "fonts-noto-cjk", "fonts-hanazono"
# Signs that are named in an error; how many more there are is said.
NAMED = 8
# So many letters on end (an entity is one) are wider than a line; Chinese breaks anywhere.
LONG_WORD = re.compile(r"(?:&#?\w+;|[^\s<>&\u2e80-\U0010ffff]){80}")
BETWEEN_TAGS = re.compile(r">[^<>]{80,}(?=<)")
MAY_BREAK = "\u200b"
# The Chinese that every font for it has: with none of it missing, what is missing is rare.
COMMON = ("\u4e00", "\u9fff")


class OfficialPdfExporter(OfficialHtmlExporter):
    """``--to gdgk_pdf``: a notebook as an official document on A4; the same notebook and fonts give the same bytes."""

    export_from_notebook = "gdgk PDF"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".pdf"

    @default("template_extension")
    def _template_extension_default(self) -> str:
        return ".html.j2"

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kwargs: Any
    ) -> tuple[Any, dict[str, Any]]:
        """The document as bytes. Raises :class:`gdgk.errors.GdgkError` without pango or a Chinese font."""
        html, given = super().from_notebook_node(nb, resources, **kwargs)
        given["output_extension"] = ".pdf"
        return pdf_bytes(str(html)), given


@cache
def exporter() -> OfficialPdfExporter:
    """The one exporter of a process that makes many documents."""
    return OfficialPdfExporter()


def official_pdf(nb: NotebookNode) -> bytes:
    """The PDF of an executed notebook, which is left alone. Raises :class:`gdgk.errors.GdgkError`."""
    made, _ = exporter().from_notebook_node(nb)
    return bytes(made)


def pdf_bytes(html: str) -> bytes:
    """Official HTML as a PDF. What no font here can show is written as its number (［U+1F4C8］), never as a box.

    Raises :class:`gdgk.errors.GdgkError` without pango, and without a font for the Chinese in it.
    """
    need_fonts()
    html = with_breaks(html)
    made, missing = printed(html)
    if missing:
        need_chinese(missing)
        made, _ = printed(html.translate({ord(sign): f"［U+{ord(sign):04X}］" for sign in missing}))
    return made


def with_breaks(html: str) -> str:
    """A page in whose body no word is much longer than a line.

    Pango looks through all of a word for each line that it fills: one of 100,000 letters took 100 seconds.
    """
    head, body, text = html.partition("<body")
    return head + body + BETWEEN_TAGS.sub(lambda found: LONG_WORD.sub(rf"\g<0>{MAY_BREAK}", found[0]), text)


def printed(html: str) -> tuple[bytes, frozenset[str]]:
    """Official HTML as a PDF, and the signs that no font here has."""
    weasyprint = library()
    with unshown() as missing:
        made = weasyprint.HTML(string=html, url_fetcher=fetcher()).write_pdf(
            stylesheets=[style()],
            pdf_variant=VARIANT,
            # A fixed name in place of a drawn one; no time is written.
            pdf_identifier=hashlib.sha256(html.encode()).digest()[:16],
        )
    return bytes(made), frozenset(missing)


# ── what it is made with ──


@cache
def library() -> Any:
    """weasyprint. Raises :class:`gdgk.errors.GdgkError` naming what it draws with and does not find."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of missing fonts, which are told in full
            import weasyprint
    except (ImportError, OSError) as error:
        if isinstance(error, ImportError) and error.name == "weasyprint":
            raise GdgkError("PDF: found no weasyprint; expected what writes PDF; pip install weasyprint") from None
        said = str(error).strip().partition("\n")[0]
        raise GdgkError(f"PDF: found {said}; expected pango; apt-get install {LIBRARIES}") from error
    return weasyprint


@cache
def style() -> Any:
    """What paper asks for beyond the print rules of the official HTML."""
    text = (TEMPLATES / "gdgk_pdf" / "style.css").read_text(encoding="utf-8")
    return library().CSS(string=text, url_fetcher=fetcher())


@cache
def fetcher() -> Any:
    """Gives weasyprint pictures that lie in the document itself, and nothing else."""
    return library().urls.URLFetcher(allowed_protocols=("data",), allow_redirects=False)


def need_fonts() -> None:
    """Raise :class:`gdgk.errors.GdgkError` where there is no font at all: pango would end the process."""
    library()
    from weasyprint.text.ffi import ffi, fontconfig

    config = ffi.gc(fontconfig.FcInitLoadConfigAndFonts(), fontconfig.FcConfigDestroy)
    if not fontconfig.FcConfigGetFonts(config, fontconfig.FcSetSystem).nfont:
        raise GdgkError(f"PDF: found no font; expected a Chinese one; apt-get install {FONTS}")


def need_chinese(missing: frozenset[str]) -> None:
    """Raise :class:`gdgk.errors.GdgkError` where Chinese is among the signs that no font has."""
    chinese = sorted(sign for sign in missing if unicodedata.name(sign, "").startswith("CJK UNIFIED"))
    if not chinese:
        return
    common = [sign for sign in chinese if COMMON[0] <= sign <= COMMON[1]]
    named = "".join(f" {sign} (U+{ord(sign):04X})" for sign in (common or chinese)[:NAMED])
    more = f" and {len(chinese) - NAMED} more" if len(chinese) > NAMED else ""
    fonts = FONTS if common else f"{FONTS} {RARE_FONTS}"
    raise GdgkError(f"PDF: found no font for{named}{more}; expected a Chinese one; apt-get install {fonts}")


@contextmanager
def unshown() -> Iterator[set[str]]:
    """While entered: the signs of which weasyprint says that no font has them."""
    logger, listener = logging.getLogger("weasyprint"), Listener()
    before = logger.level, logger.propagate
    logger.addHandler(listener)
    # Its other remarks (a property of CSS that it does not know) are about our own style sheet, which nobody can mend.
    logger.setLevel(logging.WARNING)
    logger.propagate = False
    try:
        yield listener.signs
    finally:
        logger.removeHandler(listener)
        logger.level, logger.propagate = before


class Listener(logging.Handler):
    """Notes the signs without a glyph. weasyprint tells them as the sign and its number."""

    def __init__(self) -> None:
        super().__init__()
        self.signs: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        """A remark."""
        said = record.args
        if str(record.msg).startswith(".notdef glyph") and said and not isinstance(said, Mapping):
            self.signs.add(str(said[0]))
