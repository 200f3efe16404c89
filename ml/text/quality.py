"""What a text is made of: the components of content quality, and words that disclose an incentive.

Belongs here: counts and shares that anybody can check by reading the text. Does not: a judgement; no single component
excludes a person (authenticity.py).
"""

from __future__ import annotations

import polars as pl

# Tags and phrases by which people disclose, in the languages of nanolift's first brands.
DISCLOSURE_TAGS = (
    "ad advert advertisement advertentie sponsored sponsoredpost spon gifted gift gifting prgift paidpartnership"
    " paidpromotion brandpartner freeproduct freesample ambassador werbung anzeige unbezahltewerbung"
    " selbstgekauftwerbung produkttest publicite publicité sponsorisé sponsorise partenariat collaborationcommerciale"
    " offert produitoffert publi publicidad publi patrocinado colaboracion colaboración regalado adv pubblicita"
    " pubblicità sponsorizzato omaggio gifteditem publicidade parceria publi recebido gesponsord samenwerking gekregen"
    " reklama współpraca wspolpraca materiałreklamowy reklam samarbete annons betaltsamarbete geborg"
).split()
_PHRASES = (
    r"sponsored by|paid partnership|in (?:paid )?partnership with|paid promotion|gifted (?:by|from|to me)|kindly gifted"
    r"|pr (?:sample|package|gift)|affiliate link|discount code below|#?ad\s*[|:/]|\[ad\]|\(ad\)"
    r"|(?:received|got|sent|given) (?:\w+ ){0,4}(?:for )?(?:free|complimentary)|complimentary (?:product|sample|item)"
    r"|free (?:product|sample|item) in (?:exchange|return)|in exchange for (?:my|an|a) (?:\w+ )?(?:review|feedback)"
    r"|(?:enthält|bezahlte|unbezahlte) werbung|kostenlos (?:zur verfügung gestellt|erhalten|bekommen)|gratis erhalten"
    r"|in kooperation mit|produkttester|reçu (?:gratuitement|en cadeau)|produits? (?:offerts?|reçus?)|offert par"
    r"|en partenariat avec|collaboration commerciale|(?:recib[ií]|me regalaron|me enviaron) (?:\w+ ){0,4}gratis"
    r"|en colaboraci[oó]n con|(?:ricevuto|avuto) (?:\w+ ){0,3}(?:gratis|gratuitamente|in omaggio)|in collaborazione con"
    r"|fornito gratuitamente|(?:recebi|ganhei) (?:\w+ ){0,3}(?:gratis|grátis|gratuitamente)|em parceria com"
    r"|gratis (?:ontvangen|gekregen)|in samenwerking met|(?:otrzymał[ae]m|dostał[ae]m) (?:\w+ ){0,3}(?:za darmo|gratis)"
    r"|we współpracy z|(?:fått|fick) (?:\w+ ){0,3}gratis|i samarbete med|gratis ontvang|in ruil vir"
)
_DISCLOSES = (
    rf"(?i)(?:^|[^\p{{L}}\p{{N}}_&/])#(?:{'|'.join(sorted(set(DISCLOSURE_TAGS), key=len, reverse=True))})"
    rf"(?:[^\p{{L}}\p{{N}}_]|$)|(?:^|[^\p{{L}}\p{{N}}])(?:{_PHRASES})(?:[^\p{{L}}\p{{N}}]|$)"
)


def discloses(text: pl.Expr) -> pl.Expr:
    """Whether the text says that something was given for it (#ad, "received this product free" and the like)."""
    return text.str.contains(_DISCLOSES)


def components(text: pl.Expr) -> dict[str, pl.Expr]:
    """Components of scrubbed texts; every one is NULL where there is no text.

    Returns:
        text_length characters; words_count; distinct_words_share 0 to 1 (low: the same word again and again);
        links_count, handles_count, hashtags_count, emoji_count; link_density, handle_density: per word;
        capitals_share of the letters; has_disclosure_words.
    """
    words = text.str.to_lowercase().str.extract_all(r"[\p{L}\p{M}\p{N}]+(?:['’][\p{L}]+)*")
    words_count = words.list.len().cast(pl.Int64)
    at_least_one = pl.max_horizontal(words_count, pl.lit(1))
    letters = text.str.count_matches(r"\p{L}")
    links = text.str.count_matches(r"(?i)\b[a-z][a-z0-9+.-]{1,9}://|\bwww\.").cast(pl.Int64)
    handles = text.str.count_matches(r"\[handle\]").cast(pl.Int64)
    return {
        "text_length": text.str.len_chars().cast(pl.Int64),
        "words_count": words_count,
        "distinct_words_share": pl.when(words_count > 0).then(words.list.n_unique() / at_least_one),
        "links_count": links,
        "handles_count": handles,
        "hashtags_count": text.str.count_matches(r"#[\p{L}\p{N}_]+").cast(pl.Int64),
        "emoji_count": text.str.count_matches(r"\p{Extended_Pictographic}").cast(pl.Int64),
        "link_density": links / at_least_one,
        "handle_density": handles / at_least_one,
        "capitals_share": pl.when(letters > 0).then(text.str.count_matches(r"\p{Lu}") / letters),
        "has_disclosure_words": discloses(text),
    }
