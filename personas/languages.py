"""Language tags (BCP 47, RFC 5646): is this one well formed, and is its language known?"""

import re

from personas.source import shown

LONGEST = 60
"""Characters of a tag that is read."""

_TAG = re.compile(
    r"(?P<language>[a-z]{2,3})(?:-[a-z]{3}){0,3}(?:-(?P<script>[a-z]{4}))?"
    r"(?:-(?P<region>[a-z]{2}|\d{3}))?(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*"
    r"(?:-[a-wyz0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?",
    re.IGNORECASE | re.ASCII,
)

# ISO 639-1, and the languages of ISO 639-3 that speech services name most.
_LANGUAGE_CODES = """
aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de
dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia
id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo
lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl
ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk
tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu acm apc arb ary arz ast awa
bem bho brx ceb chr ckb cmn doi fil fur gsw hak haw hil hmn ilo kmr kok lij mai mni nan nds pbt
prs sah sat scn tet tpi war wuu yue
"""

# ISO 3166-1 alpha-2.
_REGION_CODES = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS
BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE
EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM
HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC
LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA
NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW
SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO
TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
"""

_LANGUAGES = frozenset(_LANGUAGE_CODES.split())
_REGIONS = frozenset(_REGION_CODES.split())


READ = ("en", "th")
"""Languages, as primary subtags, in which this machine reads what a turn did; a text model reads
others, too."""


def is_read(tag: str) -> bool:
    """Whether this machine reads turns in that language by itself."""
    return tag.partition("-")[0].lower() in READ


def canonical(tag: str) -> str:
    """The tag in its usual letter case, such as ``th-TH``; ValueError with words for a person."""
    # Nobody's tag is longer (RFC 5646, 4.4.1).
    match = _TAG.fullmatch(tag) if len(tag) <= LONGEST else None
    if match is None:
        tag = shown(tag)
        raise ValueError(f"unknown language tag {tag!r}; write one such as th-TH or en{_hint(tag)}")
    language, region = match["language"].lower(), match["region"]
    if language not in _LANGUAGES:
        raise ValueError(f"unknown language tag {tag!r}; write one such as th-TH or en")
    if region and not region.isdigit() and region.upper() not in _REGIONS:
        better = f"{language}-GB" if region.upper() == "UK" else language
        raise ValueError(
            f"unknown language tag {tag!r}: no region {region!r}; write one such as {better}"
        )
    head, *rest = tag.split("-")
    return "-".join([head.lower(), *(_cased(part, match) for part in rest)])


def _cased(part: str, match: re.Match[str]) -> str:
    if part == match["script"]:
        return part.title()
    return part.upper() if part == match["region"] else part.lower()


def _hint(tag: str) -> str:
    better = tag.replace("_", "-")
    return f" (here: {better})" if better != tag and _TAG.fullmatch(better) else ""
