"""What people write in the demo world: short natural sentences in three languages, each with the moment it tells.

Belongs here: the phrase bank and how a text is put together, personal data in some. Does not: who writes when.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from orchestration.connectors.streams.labels import MOMENTS
from orchestration.demo.columns import typed
from orchestration.demo.randomness import Ints, pick_share

MOMENT_SHARES = np.array([0.34, 0.10, 0.05, 0.05, 0.07, 0.12, 0.06, 0.04, 0.05, 0.05, 0.05, 0.02])
MOMENT_RATING = np.array([5, 2, 2, 2, 4, 4, 3, 4, 1, 2, 3, 4])
POLARITY = (1, -1, -1, -1, 1, 1, 0, 1, -1, -1, 0, 1)

# {p} is the product. Two phrases a moment and language; openings and closings vary them.
PHRASES: dict[str, dict[str, tuple[str, ...]]] = {
    "en": {
        "delight": (
            "I love the {p}, it changed my mornings",
            "the {p} is wonderful, I keep telling my sister about it",
        ),
        "disappointment": ("the {p} did nothing for me", "I expected more of the {p}, honestly"),
        "wait": ("queued twenty minutes at the till for one {p}", "the line for the {p} went out of the door"),
        "confusing_instructions": (
            "nobody could tell how to use the {p}, the leaflet is a riddle",
            "the instructions of the {p} contradict each other",
        ),
        "staff": (
            "the lady at the counter explained the {p} so kindly",
            "the staff let me try the {p} with all the time in the world",
        ),
        "purchase": ("just bought the {p}, trying it tonight", "picked up a second {p} on the way home"),
        "mixed": ("the {p} smells lovely but runs out fast", "good {p}, though the packaging is a pity"),
        "support": (
            "their help desk replaced my {p} within a day",
            "wrote to support about the {p} and got an answer in an hour",
        ),
        "product_fault": ("the pump of my {p} broke on day two", "my {p} leaked all over the bag"),
        "fulfilment": ("the {p} came a week late and the box was open", "they sent the wrong {p}"),
        "price": ("the {p} got more expensive again", "for that price the {p} had better be good"),
        "place": (
            "the new shop is so pretty, found the {p} right at the entrance",
            "lovely light in the store, came out with a {p}",
        ),
    },
    "fr": {
        "delight": ("j'adore le {p}, ma peau dit merci", "le {p} est une merveille, j'en parle à tout le monde"),
        "disappointment": ("le {p} ne m'a rien fait du tout", "j'attendais mieux du {p}, franchement"),
        "wait": ("vingt minutes de queue pour un {p}", "la file pour le {p} allait jusqu'au trottoir"),
        "confusing_instructions": ("impossible de comprendre le mode d'emploi du {p}", "la notice du {p} se contredit"),
        "staff": ("la vendeuse m'a si gentiment expliqué le {p}", "l'équipe m'a laissé essayer le {p} tranquillement"),
        "purchase": ("je viens d'acheter le {p}, test ce soir", "reparti avec un deuxième {p}"),
        "mixed": ("le {p} sent bon mais se vide vite", "bon {p}, dommage pour l'emballage"),
        "support": ("le service client a remplacé mon {p} en un jour", "réponse en une heure au sujet de mon {p}"),
        "product_fault": ("la pompe de mon {p} a cassé le deuxième jour", "mon {p} a fui dans le sac"),
        "fulfilment": ("le {p} est arrivé avec une semaine de retard", "on m'a envoyé le mauvais {p}"),
        "price": ("le {p} a encore augmenté", "à ce prix-là le {p} a intérêt à être bon"),
        "place": (
            "la nouvelle boutique est très jolie, le {p} est à l'entrée",
            "belle lumière dans le magasin, sorti avec un {p}",
        ),
    },
    "de": {
        "delight": ("das {p} ist großartig, ich erzähle es allen", "mit dem {p} beginnt mein Morgen besser"),
        "disappointment": ("das {p} hat bei mir nichts bewirkt", "vom {p} hatte ich mehr erwartet"),
        "wait": ("zwanzig Minuten Schlange für ein {p}", "an der Kasse stand ich ewig mit dem {p}"),
        "confusing_instructions": (
            "die Anleitung vom {p} versteht niemand",
            "beim {p} widersprechen sich die Hinweise",
        ),
        "staff": ("die Verkäuferin hat mir das {p} sehr nett erklärt", "das Team ließ mich das {p} in Ruhe testen"),
        "purchase": ("gerade das {p} gekauft, heute Abend wird getestet", "noch ein {p} mitgenommen"),
        "mixed": ("das {p} riecht gut, ist aber schnell leer", "gutes {p}, schade um die Verpackung"),
        "support": ("der Kundendienst hat mein {p} in einem Tag ersetzt", "zum {p} kam nach einer Stunde eine Antwort"),
        "product_fault": ("die Pumpe vom {p} war am zweiten Tag kaputt", "mein {p} ist ausgelaufen"),
        "fulfilment": ("das {p} kam eine Woche zu spät", "man hat mir das falsche {p} geschickt"),
        "price": ("das {p} ist schon wieder teurer", "zu dem Preis muss das {p} gut sein"),
        "place": (
            "der neue Laden ist hübsch, das {p} steht am Eingang",
            "schönes Licht im Laden, mit einem {p} heraus",
        ),
    },
}
OPENINGS = {
    "en": ("", "", "Honestly, ", "After two weeks: ", "So, ", "Small review: ", "For the record, "),
    "fr": ("", "", "Franchement, ", "Après deux semaines : ", "Bon, ", "Petit avis : ", "Pour info, "),
    "de": ("", "", "Ehrlich gesagt: ", "Nach zwei Wochen: ", "Also, ", "Kurz: ", "Nur so: "),
}
CLOSINGS = {
    "en": ("", ".", "!", ". Thanks to my neighbour for the tip.", ". Would you?", " 😊", ". My mother agrees."),
    "fr": ("", ".", " !", ". Merci à ma voisine pour le conseil.", ". Et vous ?", " 😊", ". Ma mère est d'accord."),
    "de": ("", ".", "!", ". Danke an meine Nachbarin für den Tipp.", ". Und ihr?", " 😊", ". Meine Mutter auch."),
}
PERSONAL = (
    " Write to me: lea.martin@example.org",
    " Call me on +33 6 12 34 56 78",
    " Thanks @lea_martin42",
    " More at https://example.org/post?user=4711&mail=lea",
)


def sentences(
    rng: np.random.Generator,
    moment: Ints,
    language: npt.NDArray[np.object_],
    product: npt.NDArray[np.object_],
    personal_share: float,
) -> pl.Series:
    """One text each; the share with an e-mail address, telephone number, handle or link query is to be scrubbed."""
    count = len(moment)
    languages = list(PHRASES)
    code = np.select([language == name for name in languages], range(len(languages)), 0)
    phrase = np.array([[PHRASES[name][kind] for kind in MOMENTS] for name in languages], dtype=object)
    opening = np.array([OPENINGS[name] for name in languages], dtype=object)
    closing = np.array([CLOSINGS[name] for name in languages], dtype=object)
    added = np.where(
        pick_share(rng, count, personal_share),
        np.array(PERSONAL, dtype=object)[rng.integers(0, len(PERSONAL), count)],
        "",
    )
    parts = typed(
        {
            "opening": opening[code, rng.integers(0, opening.shape[1], count)],
            "phrase": phrase[code, moment, rng.integers(0, phrase.shape[2], count)],
            "closing": closing[code, rng.integers(0, closing.shape[1], count)],
            "added": added,
            "product": product,
        }
    )
    text = pl.concat_str(
        "opening", pl.col("phrase").str.replace("{p}", pl.col("product"), literal=True), "closing", "added"
    )
    return parts.select(text.alias("text")).to_series()
