"""IFBench: format, what is about lines, lists and headings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import StringConstraints

from verif_ifeval.punkt import sentences
from verif_ifeval.reference import Diverges, Finding, Reference, at_least, quoted
from verif_sdk import Example, Text

_HEADING = re.compile(r"^#+ .*$|^<h\d>.*</h\d>$", re.MULTILINE)
_THESIS = re.compile(r"\s*<(i|em)>(?!\s*</).+?</\1>\s*\S", re.IGNORECASE | re.DOTALL)
_BULLET = re.compile(r"^[ \t]*\*[ \t]+(?=\S)", re.MULTILINE)
_SUB_BULLET = re.compile(r"^[ \t]*-[ \t]+\S", re.MULTILINE)
_PARTS = ("My Answer:", "My Conclusion:", "Future Outlook:")


class LineIndent(Reference):
    """Each line is indented by more spaces than the one before; blank lines are dropped as there."""

    template = "Create stairs by incrementally indenting each new line."
    examples = (Example({}, accepts=("a\n b\n  c", "a\n\n b"), rejects=("a\nb", " a\n b", "a\n\tb")),)
    diverges = Diverges(
        "skips a line after each blank one that it deletes, and takes no tab for an indent", "a\n\n\n b"
    )
    type: Literal["ifbench:format:line_indent"] = "ifbench:format:line_indent"

    def holds(self, text: Text) -> Finding:
        return _stairs(len(line) - len(line.lstrip(" ")) for line in _kept(text.raw.split("\n")))

    def fixed(self, text: Text) -> Finding:
        lines = (line.expandtabs() for line in text.lines)
        return _stairs(len(line) - len(line.lstrip()) for line in lines)


class List(Reference):
    """The separator occurs at least twice."""

    template = 'Answer with a list of items, instead of bullet points use "{sep}".'
    examples = (Example({"sep": "..."}, accepts=("... a\n... b",), rejects=("... a", "- a\n- b")),)
    diverges = Diverges("counts hyphens inside words", "well-known e-mail", {"sep": "-"})
    type: Literal["ifbench:format:list"] = "ifbench:format:list"
    sep: Annotated[str, StringConstraints(min_length=1)]

    def holds(self, text: Text) -> Finding:
        return at_least(text.raw.count(self.sep), "separator", 2, f" {quoted(self.sep)}")

    def fixed(self, text: Text) -> Finding:
        mark = re.escape(self.sep.strip() or self.sep)
        found = re.findall(rf"^[ \t]*{mark}|(?<!\S){mark}(?!\S)", text.raw, re.MULTILINE)
        return at_least(len(found), "separator", 2, f" {quoted(self.sep)}")


class Thesis(Reference):
    """A part in <i> or <em> is not empty, and something follows it."""

    template = "Each section must begin with a thesis statement in italics, use HTML to indicate the italics."
    examples = (Example({}, accepts=("<i>a</i> b", "<em></em>"), rejects=("<i></i> b", "<i>a</i>", "*a* b")),)
    diverges = Diverges("takes the > of <em> for the statement, and looks at one section", "<em></em>")
    type: Literal["ifbench:format:thesis"] = "ifbench:format:thesis"

    def holds(self, text: Text) -> Finding:
        raw = text.raw
        start = raw.find("<i>") if "<i>" in raw else raw.find("<em>")
        if start < 0:
            return Finding(False, "no <i> and no <em>")
        rest = raw[start:]
        end = rest.find("</i>") if "</i>" in rest else rest.find("</em>")
        if end < 0:
            return Finding(False, "the thesis is not closed")
        # The lengths are those of <i> and </i>, for <em> too.
        if not rest[3:end].strip():
            return Finding(False, "the thesis is empty")
        behind = bool(rest[end + 4 :].strip())
        return Finding(behind, f"{'a thesis' if behind else 'nothing behind the thesis'}")

    def fixed(self, text: Text) -> Finding:
        sections = [section for section in _HEADING.split(text.raw) if section.strip()]
        found = sum(map(bool, map(_THESIS.match, sections)))
        return Finding(
            0 < found == len(sections), f"{found} of {len(sections)} sections begin with a thesis in italics"
        )


class SubBullets(Reference):
    """A hyphen follows every asterisk, before the next one."""

    template = (
        "Your response must include bullet points denoted by * and at least one sub-bullet point denoted by - "
        "for each."
    )
    examples = (Example({}, accepts=("* a\n - b", "none"), rejects=("* a", "* a\n* b\n - c")),)
    diverges = Diverges("takes a hyphen inside a word for a sub-bullet", "* well-known")
    type: Literal["ifbench:format:sub-bullets"] = "ifbench:format:sub-bullets"

    def holds(self, text: Text) -> Finding:
        pieces = text.raw.split("*")[1:]
        found = sum("-" in piece for piece in pieces)
        return Finding(found == len(pieces), f"a - behind {found} of {len(pieces)} *")

    def fixed(self, text: Text) -> Finding:
        points = _BULLET.split(text.raw)[1:]
        found = sum(map(bool, map(_SUB_BULLET.search, points)))
        return Finding(0 < found == len(points), f"sub-bullets under {found} of {len(points)} bullet points")


class NoBulletsBullets(Reference):
    """Two sentences or more, then two bullet points or more, then nothing."""

    template = (
        "Your answer must contain at least two sentences ending in a period followed by at least two bullet "
        "points (*)."
    )
    examples = (
        Example(
            {}, accepts=("One. Two.\n* a\n* b",), rejects=("One.\n* a\n* b", "One. Two.\n* a", "A. B.\n* a\n* b\n")
        ),
    )
    diverges = Diverges("fails at any blank line, and does not look for full stops", "One. Two.\n* a\n* b\n")
    type: Literal["ifbench:format:no_bullets_bullets"] = "ifbench:format:no_bullets_bullets"

    def holds(self, text: Text) -> Finding:
        prose, count, bullets = True, 0, 0
        for line in text.raw.split("\n"):
            body = line.strip()
            if body.startswith("*"):
                prose = False
                if count < 2:
                    return at_least(count, "sentence", 2, " before the bullet points")
                bullets += 1
            elif not prose:
                return Finding(False, "text, or a blank line, behind a blank line or a bullet point")
            else:
                found = len(sentences(body))
                count += found
                prose = found > 0
        return at_least(bullets, "bullet point", 2)

    def fixed(self, text: Text) -> Finding:
        prose, *points = _BULLET.split(text.raw)
        ends = [sentence.rstrip("\"'”’)*_")[-1:] for sentence in text.part(prose).sentences]
        if ends.count(".") < 2:
            return at_least(ends.count("."), "sentence", 2, " before the bullet points")
        return at_least(len(points), "bullet point", 2)


class OutputTemplate(Reference):
    """The three headings are all there, in any order."""

    template = f"Use this exact template for your response: {' [answer] '.join(_PARTS)}"
    examples = (
        Example(
            {},
            accepts=("My Answer: a My Conclusion: b Future Outlook: c",),
            rejects=("My Answer: a", "my answer:"),
        ),
    )
    type: Literal["ifbench:format:output_template"] = "ifbench:format:output_template"

    def holds(self, text: Text) -> Finding:
        absent = [part for part in _PARTS if part not in text.raw]
        return Finding(not absent, f"no {absent[0]!r}" if absent else "the three headings")


def _stairs(indents: Iterable[int]) -> Finding:
    for line, (before, after) in enumerate(pairwise(indents), 2):
        if after <= before:
            return Finding(False, f"line {line} is indented by {after}, the one before by {before}")
    return Finding(True, "each line is indented more than the one before")


def _kept(lines: list[str]) -> Iterator[str]:
    """Yield the lines that the reference keeps: it calls `lines.remove(line)` on blank lines while it iterates.

    Removing moves the rest up, so the reference does not look at the line after a blank one. `remove` takes the
    first equal line, so of equal blank lines the first ones go, as many as it looked at.
    """
    removed: Counter[str] = Counter()
    place = 0
    while place < len(lines):
        blank = not lines[place].strip()
        removed[lines[place]] += blank
        place += 1 + blank
    for line in lines:
        if removed[line]:
            removed[line] -= 1
        else:
            yield line


CONSTRAINTS = (LineIndent, List, Thesis, SubBullets, NoBulletsBullets, OutputTemplate)
