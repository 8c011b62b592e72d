"""Control tokens in text for a judge whose vocabulary is not known: broken by their shape."""

from __future__ import annotations

import regex

_FORMS = str.maketrans("＜﹤＞﹥［﹇］﹈｜／：﹕＿！～＠", "<<>>[[]]|/::_!~@")
"""Characters that Unicode's compatibility forms (NFKC), and with them some tokenizers, take for ASCII ones."""

_SHAPES = regex.compile(
    r"""
    <(?=
        \p{Cf}*\|[^<>\s]{1,64}>                     # <|im_end|>  <|turn>  <|tool_call>
      | [^<>\s|]{1,64}\|\p{Cf}*>                    # <turn|>  <channel|>
      | \|(?!\s)[^<>\n]{1,64}(?<!\s)\|>             # <|start of turn|>
      | <\/?SYS>>                                   # <<SYS>>
      | \/?(?P<word>[\w▁:\p{Cf}-]{1,64})\/?>        # <s>  <BOS_TOKEN>  <mask:4>  </seed:think>  <tool_call>
    )
  | \[(?=
        \|\w{2,64}\|?\] | \w{2,64}\|\]              # [|assistant|]
      | \/[A-Z][A-Z0-9_]{1,64}\]                    # [/INST]
      | [A-Z]+_[A-Z0-9_]{1,64}\]                    # [MODEL_SETTINGS]  [UNUSED_TOKEN_145]
      | @\w{1,64}@\]                                # [@BOS@]
      | [\w!]{0,8}~[\w!]{0,8}\[                     # [e~[
      | (?:unused|control_|extra_id_|reserved_)\d+\] | (?:start|end)_header_id\] | multimodal\]
      # What follows has the shape of ordinary writing, [TODO] and [NAME], so these go by name.
      | (?:INST|ARGS|THINK|TRANSCRIBE|IMG|AUDIO|PREFIX|MIDDLE|SUFFIX|[gs]?MASK|CLS|SEP|PAD|UNK|BOS|EOS|EOT|EOD)\]
    )
  | \](?=[\w!]{0,8}~[\w!]{0,8}[\[\]] | <\][^\[\]<>]{1,32}\[>\[)   # ]~b]  ]~!b[  ]<]speech[>[
  | >(?=>[A-Z][A-Z_]{1,32}<<)                       # >>ANSWER<<
  | \|(?=\|\|[A-Z][A-Z_]{1,32}\|\|\|)               # |||IP_ADDRESS|||
  | \/(?=no_?think)                                 # /nothink
    """,
    regex.VERBOSE,
)

_HTML = regex.compile(
    # HTML's elements, but for `s`, `img`, `audio` and `video`, which are control tokens of some models.
    r"""
    a| abbr| address| area| article| aside| b| base| bdi| bdo| blockquote| body| br| button| canvas|
    caption| cite| code| col| colgroup| data| datalist| dd| del| details| dfn| dialog| div| dl| dt| em|
    embed| fieldset| figcaption| figure| footer| form| h1| h2| h3| h4| h5| h6| head| header| hgroup| hr|
    html| i| iframe| input| ins| kbd| label| legend| li| link| main| map| mark| math| menu| meta| meter|
    nav| noscript| object| ol| optgroup| option| output| p| picture| pre| progress| q| rp| rt| ruby|
    samp| script| search| section| select| slot| small| span| strong| style| sub| summary| sup| svg|
    table| tbody| td| template| textarea| tfoot| th| thead| time| title| tr| track| u| ul| var| wbr
    """,
    regex.VERBOSE,
)
_HEADER = regex.compile(
    # C++'s, as in `#include <vector>`.
    r"""
    algorithm| any| array| atomic| bitset| cassert| cctype| chrono| climits| cmath| complex| concepts|
    condition_variable| cstddef| cstdint| cstdio| cstdlib| cstring| ctime| deque| exception| filesystem|
    format| forward_list| fstream| functional| future| initializer_list| iomanip| ios| iostream| istream|
    iterator| limits| list| locale| map| memory| mutex| numbers| numeric| optional| ostream| queue|
    random| ranges| ratio| set| shared_mutex| span| sstream| stack| stdexcept| streambuf| string|
    string_view| system_error| thread| tuple| type_traits| typeinfo| unordered_map| unordered_set|
    utility| valarray| variant| vector
    """,
    regex.VERBOSE,
)
_TYPE = regex.compile(
    r"""
    any| bool| boolean| byte| char| double| float| int| int8| int16| int32| int64| long| never| number|
    object| short| size_t| str| string| u8| u16| u32| u64| i8| i16| i32| i64| f32| f64| uint8| uint16|
    uint32| uint64| unknown| usize| isize| unsigned| void
    | \p{Lu}\w*\p{Ll}\w*
    """,
    regex.VERBOSE,
)
_TAG = regex.compile(r"</?(?P<name>\w+)/?>")


def neutralise(text: str) -> str:
    """Return `text` with a blank behind the first character of whatever has the shape of a control token.

    Shapes of ordinary writing stay as they are: HTML's tags, generics such as `List<int>`, links, indices.
    """
    folded = text if text.isascii() else text.translate(_FORMS)
    pieces, done = [], 0
    for found in _SHAPES.finditer(folded):
        if found["word"] and _ordinary(found["word"], folded[found.start() - 1 : found.start()]):
            continue
        pieces.append(text[done : found.end()])
        done = found.end()
    return " ".join([*pieces, text[done:]])


def is_markup(text: str) -> bool:
    """Return whether `text` is one of HTML's tags, without attributes."""
    found = _TAG.fullmatch(text)
    return found is not None and _HTML.fullmatch(found["name"]) is not None


def _ordinary(word: str, before: str) -> bool:
    """Return whether `<word>` behind the character `before` is markup, a header or a type, or holds no letter."""
    if _HTML.fullmatch(word) or _HEADER.fullmatch(word) or "::" in word or not any(map(str.isalpha, word)):
        return True
    if len(word) == 1 and word.isupper():
        return True
    return (before.isalnum() or before in (":", "_")) and _TYPE.fullmatch(word) is not None
