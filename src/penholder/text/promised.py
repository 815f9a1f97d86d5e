"""What a promise does not say: who will do it, what could be counted, by when. Patterns of words, in English. Pure."""

from __future__ import annotations

import re

_MONTH = (
    "(?:january|february|march|april|may|june|july|august|september|october|november|december"
    "|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)"
)

# "be able" is no promise, and neither is what the weather or the reader will do: only a body, or nobody, promises.
_PROMISE = re.compile(
    r"\b(?: will | shall | commits?\ to | undertakes?\ to | pledges?\ to )\b (?! \s+ (?:not\s+)? be\ able )",
    re.IGNORECASE | re.VERBOSE,
)
_BODY = re.compile(
    r"""\b(?: we | government | departments? | agenc(?:y|ies) | ministers? | ministry | offices? | boards? | councils?
        | authorit(?:y|ies) | teams? | leaders? | managers? | officers? | owners? | champions? | bod(?:y|ies)
        | organisations? | partners? | stakeholders? | treasury | service\ (?=will|shall) | suppliers? )\b
      | \b(?-i:[A-Z]{2,})\b""",
    re.VERBOSE | re.IGNORECASE,
)
# Words before "will" among which the body that promises must stand: "each of the seven departments will".
_SUBJECT = 6
_PASSIVE = re.compile(
    r"""\b(?:will|shall) \s+ (?:\w+ly\s+)? (?:have\s+been|be) \s+ (?:\w+ly\s+)?
        \w+ (?: ed | wn | one | ne | ought | ilt | ade | ept | et | un | ut | en )\b""",
    re.IGNORECASE | re.VERBOSE,
)
# "by the Cabinet Office", but not "by March", "by the end of", "by using".
_BY_WHOM = re.compile(
    rf"""\bby\s+ (?! \d | the\ (?:end|start|beginning|middle|close) | then\b | now\b | {_MONTH}\b | default\b
        | spring\b | summer\b | autumn\b | winter\b | mid\b | early\b | late\b | \w+ing\b )""",
    re.IGNORECASE | re.VERBOSE,
)
# A body that is everybody is nobody.
_NOBODY = re.compile(
    r"""^\W* (?: (?:all|the|every|each|other|many|most|relevant|appropriate|some|central|wider)\s+ )*
        (?: government (?! \s+ (?-i:[A-Z])) | stakeholders? | partners? | organisations? | bodies | everyone
        | everybody )\b""",
    re.IGNORECASE | re.VERBOSE,
)
_WHEN = re.compile(
    rf"""\b(?:by|before|from|until|in|during|after|within|than|of|to) \s+ (?:the\s+)?
          (?: (?:end|start|beginning|middle|close|spring|summer|autumn|winter|(?:first|last)\ quarter) \s+ (?:of\s+)? )*
          (?:{_MONTH}\s+)? (?:19|20)\d\d\b
      | \b{_MONTH}\ (?:19|20)\d\d\b
      | \bwithin \s+ [\w-]+ \s+ (?:working\s+)? (?:days?|weeks?|months?|years?)\b
      | \b(?:every|each|once\ a|twice\ a) \s+ (?:day|week|month|quarter|year)\b
      | \b(?:daily|weekly|monthly|quarterly|annual(?:ly)?|yearly)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_COUNT = re.compile(
    r"""\d | £ | % | \b(?: one | two | three | four | five | six | seven | eight | nine | ten | dozen | half | third
        | all | every | each | both | no | none | more\ than | at\ least | fewer\ than | less\ than )\b""",
    re.IGNORECASE | re.VERBOSE,
)
# What can be striven for for ever, and so is never seen to be done.
_STRIVING = re.compile(
    r"""\b(?: raise\ awareness | encouraged? | promote | support | help | work\ (?:with|together|closely|towards)
        | seek | aim | explore | consider | continue | strive | champion | foster | facilitate | look\ (?:at|into|to)
        | improve | enhance | drive | embed | develop | strengthen | ensure | be\ committed | increase | reduce
        | recogni[sz]e | understand | appropriate )\b""",
    re.IGNORECASE | re.VERBOSE,
)
# Words after "will" among which the verb that says what is done must stand.
_NEAR = 60

# A rule that holds from now on, and what is foretold of sums and users: nobody keeps either on a day.
_STANDING_RULE = re.compile(
    r"""^\W*no\b | \b(?:will|shall) \s+ (?:only|never|not|always) \b | \bunless\b | \bcase[- ]by[- ]case\b
        | \b(?:will|shall) \s+ be \s+ based \b""",
    re.IGNORECASE | re.VERBOSE,
)
_FORETOLD = re.compile(
    r"""\b(?:savings?|benefits?|costs?|majority|users?|people|citizens|customers|of\ (?:this|these))\b
        (?:\W+\w\S*){0,9}? \s+ (?:will|shall) \s+ (?:be\s+)? (?:saved|achieved|realised|realized|gained|passed
        |benefit|expect|find|choose|use|need|want|prefer|see|come|fall|rise|grow|save)\b""",
    re.IGNORECASE | re.VERBOSE,
)

WHO, WHAT, WHEN = "who will do it", "what could be counted", "by when"


def lacks(sentence: str) -> list[str]:
    """What a sentence that promises something does not say: of WHO, WHAT and WHEN, in this order.

    Empty when it says all three, when it promises nothing, and when it only leads in to a list. A hint to a writer, not
    a judgement: it knows the look of a promise and not its meaning.
    """
    promise = _PROMISE.search(sentence)
    if promise is None or sentence.rstrip().endswith(":") or _STANDING_RULE.search(sentence):
        return []
    if _FORETOLD.search(sentence):
        return []
    before, done = sentence[: promise.start()], sentence[promise.end() :]
    passive = _PASSIVE.match(sentence, promise.start())
    if not passive and not _BODY.search(" ".join([*before.split()[-_SUBJECT:], promise[0]])):
        return []
    missing = []
    if (passive and not _BY_WHOM.search(sentence, passive.end())) or (not passive and _NOBODY.match(before)):
        missing.append(WHO)
    if _STRIVING.search(done[:_NEAR]) and not _COUNT.search(_YEAR.sub("", done)):
        missing.append(WHAT)
    if not _WHEN.search(sentence):
        missing.append(WHEN)
    return missing
