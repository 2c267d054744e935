"""The text of markup as a reader sees it: white space folded, what is not shown left out."""

from __future__ import annotations

import re

from lxml import etree

from gdgk.exporters.pieces import Run, clean, plain_text

DROPPED = frozenset(
    {
        *("script", "style", "head", "template", "noscript", "iframe", "object", "embed", "svg", "canvas"),
        *("audio", "video", "map", "button", "input", "select", "textarea", "datalist", "progress", "meter"),
    }
)
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
BLOCKS = HEADINGS | frozenset(
    {
        *("p", "div", "section", "article", "aside", "header", "footer", "main", "nav", "address", "form", "body"),
        *("ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre", "figure", "figcaption", "details", "summary"),
        *("hr", "fieldset", "legend", "table", "caption", "html", "center"),
    }
)
# Classes of what no official document carries: an analyst's marks in our own templates, the ¶ behind a heading.
MARKS = frozenset({"seal", "tag", "printed-heading", "drafted", "anchor-link"})
# A line end between two Chinese characters is no space.
CHINESE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f\U00020000-\U0003ffff“”‘’—…"
FOLDED = re.compile(rf"(?<=[{CHINESE}])[ \t\r\f]*\n[ \t\r\n\f]*(?=[{CHINESE}])")
SPACE = re.compile(r"[ \t\r\n\f]+")


def classes(element: etree._Element) -> frozenset[str]:
    """The classes of an element."""
    return frozenset(element.get("class", "").split())


def is_dropped(element: etree._Element) -> bool:
    """Whether an element is no part of what a reader reads."""
    return element.tag in DROPPED or element.get("hidden") is not None or bool(classes(element) & MARKS)


def tidied(runs: list[Run]) -> tuple[Run, ...]:
    """Runs with their white space folded as a browser folds it, those of one weight joined; none for mere space."""
    joined: list[Run] = []
    for run in runs:
        text = run.text if run.text == "\n" else SPACE.sub(" ", FOLDED.sub("", clean(run.text)))
        if joined and (joined[-1].text.endswith((" ", "\n"))) and text != "\n":
            text = text.lstrip(" ")
        if joined and text == "\n":
            joined[-1] = Run(joined[-1].text.rstrip(" "), joined[-1].bold)
        if joined and (joined[-1].bold == run.bold or text == "\n"):
            joined[-1] = Run(joined[-1].text + text, joined[-1].bold)
        elif text:
            joined.append(Run(text, run.bold))
    return stripped(joined)


def lines(runs: list[Run]) -> tuple[Run, ...]:
    """Runs whose spaces and line ends count."""
    return stripped([Run(clean(run.text).replace("\r\n", "\n").replace("\r", "\n"), run.bold) for run in runs], "\n")


def stripped(runs: list[Run], what: str = " \n") -> tuple[Run, ...]:
    """Runs without white space before the first and after the last."""
    found = [run for run in runs if run.text]
    while found and not found[0].text.strip(what):
        found.pop(0)
    while found and not found[-1].text.strip(what):
        found.pop()
    if found:
        found[0] = Run(found[0].text.lstrip(what), found[0].bold)
        found[-1] = Run(found[-1].text.rstrip(what), found[-1].bold)
    return tuple(found)


def text_within(element: etree._Element) -> str:
    """All that an element says, its blocks on lines of their own."""
    runs: list[Run] = []
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, inner in walk:
        tag = str(inner.tag)
        breaks = tag == "br" or ((tag in BLOCKS or tag in ("tr", "td", "th")) and inner is not element)
        if event == "start":
            if is_dropped(inner):
                walk.skip_subtree()
                continue
            runs.extend([Run("\n")] if breaks else [])
            runs.append(Run(inner.text or ""))
        elif inner is not element:
            runs.extend([Run("\n")] if breaks and tag != "br" and not is_dropped(inner) else [])
            runs.append(Run(inner.tail or ""))
    text = plain_text(tidied(runs))
    return re.sub(r" *\n[ \n]*", "\n", text)
