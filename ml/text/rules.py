"""Keyword rules of the moments: what a text is about before any label was given, and features where labels exist.

Belongs here: the words, in English, of general retail, service, travel and food experience. Does not: learned weights
(heads.py). A rule names its words, so every moment can be explained by the words that spoke for it.

A rule is a regular expression on the normal form of a single token; a phrase is a pair of them with up to two
other words between.
"""

from __future__ import annotations

import functools
import re

import numpy as np
import numpy.typing as npt

from ml.text.tokens import Tokens

MOMENTS = (
    "delight", "disappointment", "wait", "confusing_instructions", "staff", "purchase", "mixed", "support",
    "product_fault", "fulfilment", "price", "place",
)  # fmt: skip

# Cues: groups of words. A moment is spoken for by some of them; the heads see every cue on its own.
CUES: dict[str, str] = {
    "love": r"lov(e|es|ed|ing|ely)|ador(e|es|ed|able)|ama?zing(ly)?|awesome|best|great(est)?|wonderful"
    r"|fantastic|perfect"
    r"(ly)?|excellent|favou?rites?|delicious|beautiful(ly)?|gorgeous|superb|outstanding|delight(ed|ful)?|brilliant"
    r"|impressed|incredible|fabulous|exceptional|flawless|stunning|obsessed|yum(my)?|😍|❤|♥|🥰|😋|👏|🎉",
    "thanks": r"thank(s|ful|ing|you)?|thx|ty|appreciat(e|ed|es|ive)|grateful|kudos|props|shout-?out",
    "joy": r"happy|happier|glad|excited|exciting|yay|woo+|hooray|fun|funny|lol|lmao|haha+|hilarious|enjoy(ed|able|ing)?"
    r"|😂|😁|😀|😃|😄|😊|🤣",
    "letdown": r"disappoint\w*|let ?down|regret\w*|underwhelm\w*|mediocre|meh|lame|sad(ly|dened)?|unfortunately|bummed"
    r"|bummer|expected|expectations|hoping|hoped|unhappy|dissatisf\w*|unsatisf\w*|sucks?|sucked|👎|😞|😢|😭",
    "outrage": r"worst|terribl[ey]|horribl[ey]|awful|hate[sd]?|ridiculous|unacceptable|pathetic|disgrace\w*|disgust\w*"
    r"|joke|shame(ful)?|furious|angry|ang(er|ered)|pissed|bs|bullshit|wtf|fail(s|ed|ure|ing)?|nightmare|garbage|trash"
    r"|crap(py)?|useless|appalling|frustrat\w*|annoy\w*|upset|sick|fuming|livid|insane|lied|lies|lying|😡|🤬|😠",
    "never_again": r"never|again|anymore|last|boycott\w*|switch(ing|ed)?|avoid",
    "wait": r"wait(s|ed|ing|in)?|queue[sd]?|queu(e)?ing|forever|stuck|strand(ed|ing)|stand(ing)?|sit(ting)?|sat|slow"
    r"(ly|er|est)?|eta|overdue|eventually|finally|still",
    "late": r"delay(s|ed|ing)?|late(r|ness)?|cancel\w*|miss(ed|ing)|connect(ion|ions|ing)|resched\w*|grounded|tarmac"
    r"|runway|postpone[ds]?|depart\w*|takeoff|land(ed|ing)|schedule[ds]?|overnight|tomorrow|rebook\w*|weather|flighted",
    "duration": r"hours?|hrs?|hr|min(s|utes?)?|days?|weeks?|0(h|hr|hrs|hours|min|mins|m)|half|months?",
    "line": r"lines?|lineup|register|checkout|tills?|counter|check-?in|security|boarding|ticketing",
    "staff": r"staff(ed|ing)?|employees?|attend[ae]nts?|crews?|waiters?|waitress(es)?|servers?|cashiers?|managers?"
    r"|supervisors?|pilots?|captain|stewardess(es)?|steward|clerks?|bartenders?|hostess|host|chef|owner|sales(man|woman"
    r"|person|people)|worker|workers|personnel|lady|guy|guys|woman|gentleman|folks|team",
    "agent": r"agents?|reps?|representatives?|operators?|advis[oe]rs?",
    "manner": r"rude(ly|ness|st)?|attitudes?|unprofessional\w*|polite|impolite|friendl(y|iest|iness)|unfriendly|helpful"
    r"|unhelpful|courteous|disrespect\w*|condescend\w*|nasty|yell(ed|ing|s)?|ignor(ed|ing|es)|attentive|kind(ness)?"
    r"|hostile|lazy|snarky|smug|incompet\w*|mean|sass\w*|humiliat\w*|discriminat\w*|arrogant|treated|treating"
    r"|compassion"
    r"|smil(e|es|ing)|patient|welcoming",
    "contact": r"call(s|ed|ing)?|phon(e|ed|es|ing)|e-?mail(s|ed|ing)?|repl(y|ies|ied)|respon(d|ds|ded|se|ses|sive|ding)"
    r"|answer(s|ed|ing)?|contact(s|ed|ing)?|dm|dms|dmed|chat|hotline|tweet(s|ed|ing)?|message[sd]?|msg|speak|spoke|talk"
    r"(ed|ing)?|hung|hang(ing)?|disconnect\w*|transfer\w*|busy|voicemail|number|human|person|anyone|somebody|someone",
    "hold": r"hold|holding|on-?hold|music",
    "service": r"service[sd]?|support(ed|ive)?|help(s|ed|ing|less|desk)?|assist(ance|ed|ing)?|care|cust(omer)?s?|cs"
    r"|complain(t|ts|ed|ing)?|resol(ve|ved|ution)|issue[sd]?|problems?|solution|compensat\w*|vouchers?|apolog\w*|sorry"
    r"|feedback|accommodat\w*|policy|policies",
    "money_back": r"refund(s|ed|ing|able)?|reimburse\w*|credit(s|ed)?|money-?back|charge-?back|claim(s|ed)?",
    "parcel": r"packages?|parcels?|deliver(y|ies|ed|ing|s)?|ship(s|ped|ping|ment|ments)?|courier|ups|fedex|usps|dhl|box"
    r"(es)?|arriv(e|ed|es|al|ing)|track(ing|ed)?|postage|mail(ed|box)?|warehouse|backorder\w*|dispatch\w*|en-?route",
    "luggage": r"bag(s|gage)?|luggage|suitcases?|carry-?ons?|belongings|stroller|carousel|items?",
    "lost": r"lost|los(e|es|ing)|missing|damag(e|ed|es|ing)|misplaced|found|locat(e|ed)|stolen|destroyed|wrong|empty"
    r"|incomplete|left|recover\w*",
    "site": r"web ?sites?|sites?|webpage|page|pages|apps?|online|log(in|ged|ging)?|passwords?|error(s)?"
    r"|link(s)?|browser"
    r"|mobile|iphone|android|crash(es|ed|ing)?|glitch(es|y)?|server|system|systems|down|click(ed|ing)?|button"
    r"|page|update"
    r"|itinerary|portal|account|profile|pin|username|code|codes|promo|0[0-9]{2}|internet|screen",
    "booking": r"book(s|ed|ing|ings)?|reserv\w*|tickets?|ticketed|upgrad\w*|select(ed|ion)?|miles|points|rewards?"
    r"|mileage|redeem\w*|confirm(ed|ation|ing)?|purchas\w*|change[sd]?|changing|add(ed|ing)?|name|passport|rate|status",
    "confused": r"confus(ed|ing|es?|ion)|unclear|misleading|complicated",
    "confusion": r"confus\w*|instructions?|manual|unclear|figure|understand|how|misleading|complicated|directions?"
    r"|tutorial|steps?|explain(ed|s)?|incorrect|find|unable|allow(s|ed|ing)?|try(ing)?|tried|tries|can't|won't|cannot"
    r"|doesn't|not|impossible|option(s)?|fix(ed)?|submit\w*|form|enter(ed)?",
    "broken": r"brok(e|en)|break(s|ing)?|defect\w*|fault(y)?|malfunction\w*|leak\w*|crack\w*|ripped|rip|tore"
    r"|torn|tear(s|ing)"
    r"?|hole[sd]?|stain\w*|fell|falling|apart|stopped|dead|mechanical|repair\w*|worn|shrunk|shrank|shrink(s|ing)?|faded"
    r"|pilling|snag\w*|unravel\w*|itch\w*|scratch\w*|inoperable|maintenance|reclin\w*|work(s|ed|ing)?",
    "product": r"quality|fabric|material|size[sd]?|sizing|fit(s|ted)?|product|design(ed)?|flavou?r|taste[sd]?"
    r"|stale|battery"
    r"|seats?|wi-?fi|tvs?|entertainment|planes?|aircraft|power|outlets?|movies?|headphones|legroom|cabin|aisle"
    r"|row|lights?"
    r"|bathroom|lavatory|toilet|food|snacks?|meals?|drinks?|coffee|water|air|conditioning|heat|freezing|hot"
    r"|cold|smell\w*"
    r"|stink\w*|dirty|filthy|uncomfortable|cramped|tight|turbulence|bumpy|old|tiny|bins?|overhead|window|middle|coach",
    "price": r"price[sdy]?|pric(ing|ey|ier)|cost(s|ly|ing)?|expensive|cheap(er|est|ly)?|[\$€£]0?|fees?|charg(e"
    r"|ed|es|ing)"
    r"|overpric\w*|money|deals?|discount\w*|fares?|afford(able)?|worth|dollars?|bucks|paid|pay(ing|ment)?|value"
    r"|sale|bargain"
    r"|inexpensive|tip|bill|coupons?|free|extra|usd|rip-?off",
    "place": r"stores?|shops?|restaurants?|locations?|airports?|gates?|terminals?|lounges?|atmosphere"
    r"|ambian?ence|ambiance"
    r"|decor|parking|crowd(ed)?|packed|tables?|rooms?|interior|cozy|cosy|clean(liness)?|patio|bar|outside"
    r"|inside|seating"
    r"|upstairs|downstairs|neighbou?rhood|noisy|loud|music|lighting|vibe|spacious|view",
    "bought": r"bought|buy(ing|s)?|purchas(e|ed|es|ing)|order(ed|ing)?|got|picked|grabbed|checkout|cart"
    r"|received|owned|own",
    "but": r"but|however|although|though|yet|except|otherwise|unfortunately",
    "negation": r"no|not|never|none|n't|cannot|without|\w+n't|dont|didnt|cant|wont|doesnt|isnt|wasnt",
}

# Pairs of cues (or of literal words, marked by a quote) with up to two other words between.
PHRASES: dict[str, tuple[str, str]] = {
    "on_hold": ("'on", "hold"),
    "hang_up": ("contact", "'up"),
    "customer_service": ("service", "service"),
    "call_back": ("contact", "'back"),
    "no_answer": ("negation", "contact"),
    "no_help": ("negation", "service"),
    "how_to": ("'how", "'to"),
    "figure_out": ("'figure", "'out"),
    "not_able": ("negation", "confusion"),
    "site_trouble": ("site", "broken"),
    "site_refuses": ("site", "negation"),
    "refuses_site": ("negation", "site"),
    "book_online": ("booking", "site"),
    "book_trouble": ("booking", "service"),
    "change_booking": ("confusion", "booking"),
    "number_duration": ("'0", "duration"),
    "wait_duration": ("wait", "duration"),
    "late_duration": ("late", "duration"),
    "duration_late": ("duration", "late"),
    "in_line": ("'in", "line"),
    "lost_luggage": ("lost", "luggage"),
    "luggage_lost": ("luggage", "lost"),
    "parcel_late": ("parcel", "late"),
    "parcel_missing": ("negation", "parcel"),
    "rude_staff": ("manner", "staff"),
    "staff_rude": ("staff", "manner"),
    "agent_rude": ("agent", "manner"),
    "rude_agent": ("manner", "agent"),
    "at_gate": ("place", "agent"),
    "not_working": ("negation", "broken"),
    "product_broken": ("product", "broken"),
    "broken_product": ("broken", "product"),
    "product_negated": ("negation", "product"),
    "fell_apart": ("'fell", "'apart"),
    "just_bought": ("'just", "bought"),
    "i_bought": ("'i", "bought"),
    "not_worth": ("negation", "'worth"),
    "never_again_phrase": ("'never", "'again"),
    "not_love": ("negation", "love"),
    "cannot_wait": ("'can't", "'wait"),
}
CUE_NAMES = (*CUES, *PHRASES)


@functools.lru_cache(maxsize=1)
def _expressions() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(expression) for expression in CUES.values())


# Distinct words repeat from chunk to chunk: 100,000 hold the common ones and bound the memory.
@functools.lru_cache(maxsize=100_000)
def _cues_of(form: str) -> tuple[int, ...]:
    return tuple(column for column, expression in enumerate(_expressions()) if expression.fullmatch(form))


def cue_counts(tokens: Tokens) -> npt.NDArray[np.float64]:
    """How often each cue and phrase occurs.

    Returns:
        (n, len(CUE_NAMES)) counts.
    """
    names = list(CUES)
    literals = sorted({part for phrase in PHRASES.values() for part in phrase if part.startswith("'")})
    flags = np.zeros((len(tokens.raw), len(names) + len(literals)), dtype=np.bool_)
    for position, form in enumerate(tokens.normal):
        flags[position, list(_cues_of(form))] = True
    column_of = {name: column for column, name in enumerate([*names, *literals])}
    forms = np.array(tokens.normal, dtype=object)
    for literal in literals:
        flags[:, column_of[literal]] = forms == literal[1:]
    spoken = flags[tokens.codes]
    text_of = tokens.text_of
    counts = np.zeros((tokens.texts, len(CUE_NAMES)))
    for column in range(len(names)):
        counts[:, column] = np.bincount(text_of, weights=spoken[:, column], minlength=tokens.texts)
    for number, (first, second) in enumerate(PHRASES.values(), start=len(names)):
        ends = _phrase_ends(spoken, text_of, column_of[first], column_of[second])
        counts[:, number] = np.bincount(text_of[ends], minlength=tokens.texts)
    return counts


def _phrase_ends(
    spoken: npt.NDArray[np.bool_], text_of: npt.NDArray[np.int64], first: int, second: int
) -> npt.NDArray[np.int64]:
    """The tokens at which a phrase ends."""
    ends = np.flatnonzero(spoken[:, second])
    found = np.zeros(len(ends), dtype=np.bool_)
    for gap in (1, 2, 3):
        before = np.maximum(ends - gap, 0)
        found |= spoken[before, first] & (text_of[before] == text_of[ends]) & (ends >= gap)
    return ends[found]
