"""Where sentences end: rules for marks, abbreviations, quotes and line breaks, in many languages."""

from __future__ import annotations

import re

import regex


def listed(words: str) -> frozenset[str]:
    """Return the words of a line as a set."""
    return frozenset(words.split())


# End marks and the quotes and brackets that close behind them, or a line break. The standard library looks for
# the first character alone, at the speed of a loop in C.
_MARKS = ".!?…؟۔।॥。！？｡;;"
_CANDIDATE = re.compile(rf"[\n{_MARKS}](?<![{_MARKS}].)(?:(?<!\n)[{_MARKS}]*+[\"'”’»)\]」』）】*_]*+)?")
_FULL_WIDTH = frozenset("。！？｡")  # they need no space behind them
_GREEK = regex.compile(r"\p{Greek}")
_LETTER = regex.compile(r"[\p{L}\p{N}]")
_NEXT = regex.compile(r"\s*+[\"'“‘«„(\[*_]*+(\p{L}[\p{L}\p{M}'’]{0,30}+|\S)")
_ITEM = regex.compile(r"\s*+(?:[-*+•◦▪●·][ \t]|\(?(?:\d{1,3}|[A-Za-z])[.)][ \t]|>)")
_LIST_NUMBER = regex.compile(r"\s*+[*_]*+\(?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,4})[.)]$")
_BEFORE = r"(?:^|[\s(\"'“‘„«\[*_])"
# What stands before a name, or in the middle of a thought: never the end of a sentence.
_NEVER = regex.compile(
    _BEFORE
    + r"(?:Mr|Mrs|Ms|Mx|Dr|Prof|Gen|Sen|Rep|Gov|Lt|Col|Capt|Cpt|Sgt|Rev|Hon|Pres|Mt|Ft|vs|e\.g|i\.e|cf|approx|Ing"
    r"|Dipl|[Ss]ig|Dott|Avv|est|viz|Mme|Mlle|MM|Sra|Srta|Dra|Hr|Fr|Hrn|bzw|ca|evtl|ggf|inkl|z\. ?B|d\. ?h|u\. ?a"
    r"|o\. ?ä|i\. ?d\. ?R|s\. ?o|vgl|p\. ?ex|p\. ?ej|т\. ?е|т\. ?к|ул|им|проф|al\. ?et|EE)\.$"
)
# What stands before a number.
_NUMBERED = regex.compile(
    _BEFORE
    + r"(?:[Vv](?:er)?|[Nn]os?|Nr|nr|[Ff]igs?|Eqs?|[Pp]p?|[Vv]ols?|[Cc]h|[Ss]ec|[Aa]rt|[Aa]bs|[Bb]d|[Kk]ap|S|Rs"
    r"|núm|n|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|ca|c)\.$"
)
# What may end a sentence or stand inside one: the next word tells.
_MAYBE = regex.compile(
    _BEFORE
    + r"(?:Sr|Jr|St|Ave|Blvd|Rd|Inc|Ltd|Co|Corp|Bros|dept|Dept|Assn|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov"
    r"|Dec|Ph\.D|M\.Sc|B\.Sc|GmbH|Str|Mio|Mrd|(?:\p{L}\. ?)+\p{L}|(?!I)\p{L})\.$"
)
_SHORTENED = listed(
    "vs cf sig dipl avv approx est viz bzw ca evtl ggf inkl vgl ex ej ul al dept nr no nos fig figs eqs pp vol"
    " vols ch sec art abs bd kap rs ул им проф"
)
"""What the patterns above have in small letters alone."""
_LONGEST_SHORTENED = 4
"""Letters of the longest that they have with a capital."""
_NEW_ITEM = frozenset(("\n- ", "\n* ", "\n• "))
_CLOCK = regex.compile(r"(?:^|[\s\d(])[AaPp]\.[Mm]\.$")
# A preposition and a time do not make a sentence: "At 5 p.m. Anna called."
_ONLY_A_TIME = regex.compile(
    r"[\s\"'“‘(*_]*+(?i:(?:on )?(?:today|yesterday|tomorrow|(?:mon|tues|wednes|thurs|fri|satur|sun)day),? )?"
    r"(?i:at|by|around|about|before|after|until|till|since|from) [\w:. ]{0,24}[AaPp]\.[Mm]\.$"
)
_ORDINAL = regex.compile(r"(?:^|[\s(])\d{1,2}\.$")
_AFTER_CLOCK = listed(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july"
    " august september october november december est edt pst pdt cst cdt mst mdt gmt utc et pt ct mt cet"
    " bst"
)
# After a number with a dot: what German counts with ordinals.
_AFTER_ORDINAL = listed(
    "januar jänner februar märz april mai juni juli august september oktober november dezember"
    " jahrhundert jahrtausend weltkrieg tag platz kapitel mal stock klasse woche monat geburtstag advent"
    " auflage liga bundesliga etage semester runde minute stunde stelle jahrestag"
)
_STARTERS = listed(
    "a after all also although an and another any as at because before both but by did do does each even"
    " every few finally first for from had has have he her here hers his how however i if i'm i've i'll"
    " in indeed instead is it it's its last later let let's like many maybe meanwhile more most my next"
    " no nobody not nothing now of on once one only or other our perhaps please she since so some"
    " somebody someone soon still such than thank that that's the their then there these they they're"
    " this those though thus to today tomorrow we we're well were what when where which while who whose"
    " why with would yes yesterday yet you you're your der die das ein eine er sie es wir ihr ich und"
    " aber dann le la les un une il elle nous vous ils elles je et mais el los las una él ella yo pero"
)
_SPEAKING = listed(
    "said asked replied cried shouted whispered exclaimed answered yelled called added muttered thought"
    " wondered screamed gasped laughed sighed says asks"
)
_SPEAKER = regex.compile(r"\s*+\p{Lu}[\p{L}'’]*+ (\p{Ll}++)")
_SPEAKER_OF_HAN = regex.compile(r"[^\s。！？「『“]{0,6}?[说說道问問喊叫答言聞]")
_LONGEST = 16
"""Characters before a dot in which an abbreviation is looked for."""


def split(block: str) -> list[str]:
    """Return the sentences of a paragraph or list, in order, without outer white space.

    A piece without a letter or digit does not count.
    """
    found, start = [], 0
    for end in _CANDIDATE.finditer(block):
        after = end.end()
        if after == len(block):
            break
        plainly = _ends_plainly(block, start, after)
        if _decide(block, start, end) if plainly is None else plainly:
            found.append(block[start:after].strip())
            start = after
    found.append(block[start:].strip())
    return [sentence for sentence in found if sentence[:1].isalnum() or _LETTER.search(sentence)]


def _ends_plainly(block: str, start: int, end: int) -> bool | None:
    """Return whether a mark ends a sentence, as far as a plain word before it and a capital behind it tell."""
    mark = block[end - 1]
    if mark not in ".!?" or block[end] not in " \n":
        return None
    if not block[end + 1 : end + 2].isupper() and block[end : end + 3] not in _NEW_ITEM:
        return None
    if mark != ".":
        return True
    word = block[block.rfind(" ", start, end) + 1 : end - 1]
    if _small_word(word) or (len(word) > _LONGEST_SHORTENED and word.isalpha() and word[1:].islower()):
        return True
    return False if word.isdecimal() and len(word) < 4 and not block[start : end - len(word) - 1].strip() else None


def _small_word(word: str) -> bool:
    return len(word) > 1 and word.isalpha() and word.islower() and word not in _SHORTENED


def _without_capitals(block: str, start: int, end: int) -> bool:
    """Return whether a sentence begins with a small letter, and ends with a word that is not an abbreviation."""
    opening = _LETTER.search(block, start, start + 100)
    word = block[max(start, block.rfind(" ", start, end) + 1) : end - 1].strip()
    return opening is not None and opening[0].islower() and _small_word(word)


def _decide(block: str, start: int, end: re.Match[str]) -> bool:
    if end[0] == "\n":
        return _breaks(block, end)
    if end[0][0] in ";\u037e" and not _GREEK.match(block, end.start() - 1):
        return False  # a question mark in Greek alone
    behind = block[end.end() : end.end() + 1]
    return (not behind or behind.isspace() or end[0][0] in _FULL_WIDTH) and _ends(block, start, end)


def _breaks(block: str, end: re.Match[str]) -> bool:
    """Return whether a line break ends a sentence: not where the line or the next one shows that it goes on."""
    opening = block[end.end() : end.end() + 2]
    if opening in {"- ", "* "}:
        return True
    if opening.isalpha():  # most lines: no item, and nothing before the first letter
        return not block[end.end()].islower() and block[end.end() - 2] not in ",;，"
    if block[end.end() - 2 : end.end() - 1] in {",", ";", "，"} and not _ITEM.match(block, end.end()):
        return False
    following = _NEXT.match(block, end.end())
    if following is None or _ITEM.match(block, end.end()):
        return True
    return not following[1][0].islower()


def _ends(block: str, start: int, end: re.Match[str]) -> bool:
    following = _NEXT.match(block, end.end())
    if following is None or (_ITEM.match(block, end.end() + 1) and block[end.end()] == "\n"):
        return True
    if end[0][0] in _FULL_WIDTH and end[0][-1] in "」』”’" and not block[end.end()].isspace():
        return end[0][0] in "。｡" and not _SPEAKER_OF_HAN.match(block, end.end())
    word, marks = following[1], end[0].rstrip("\"'”’»)]*_」』）】")
    if "\n" in block[end.end() : following.start(1)] and not word[0].islower():
        return not (marks == "." and _abbreviates(block, start, end, word))
    if word[0].islower() and (len(marks) < len(end[0].rstrip("*_")) or marks[0] in ".…" or marks == "!"):
        # "Stop!" he said; e.g. this; wait... what; Yahoo! is. But some write no capitals at all.
        return len(marks) == len(end[0]) and marks in {".", "!"} and _without_capitals(block, start, end.end())
    if marks in {"…", "..", "...", "...."} and word in {"I", "I'm", "I’m", "I've", "I’ve", "I'll", "I’ll"}:
        return False
    if marks != "." and len(marks) < len(end[0]):
        speaker = _SPEAKER.match(block, end.end())
        return speaker is None or speaker[1] not in _SPEAKING
    return marks != "." or not _abbreviates(block, start, end, word)


def _abbreviates(block: str, start: int, end: re.Match[str], word: str) -> bool:
    """Return whether the dot before `word` is that of an abbreviation, an initial, an ordinal or a list number."""
    dot = end.start() + 1
    head = block[max(start, dot - _LONGEST) : dot]
    if len(head) == dot - start and _LIST_NUMBER.match(head):
        return True
    if _NEVER.search(head):
        return True
    if word[0].isdigit():
        return _NUMBERED.search(head) is not None
    folded = word.casefold().replace("’", "'")
    if _CLOCK.search(head):
        return folded in _AFTER_CLOCK or _ONLY_A_TIME.match(block, start, dot) is not None
    if _ORDINAL.search(head):
        return folded in _AFTER_ORDINAL
    return _MAYBE.search(head) is not None and folded not in _STARTERS
