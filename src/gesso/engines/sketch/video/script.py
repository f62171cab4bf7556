"""What a prompt says happens: verbs to acts of its subjects, nature's own motion to effects, hours to light.

Each verb belongs to the last noun before it. Where that noun is scenery ("leaves fall", "clouds drift") nothing of the
foreground acts, and the effect of that name runs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from gesso.engines.sketch.video.acts import Act
from gesso.engines.sketch.words import lexicon
from gesso.engines.sketch.words.prompt import bans


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_VERBS = {
    "run": "run sprint race gallop chase jog dash hurry rush charge bound trot scamper flee",
    "walk": "walk stroll march wander step approach stride creep pace hike tiptoe come go travel head leave cross "
    "pass prowl stalk follow",
    "fly": "fly soar glide flutter swoop flap hover",
    "swim": "swim dive paddle snorkel",
    "drive": "drive ride cycle speed cruise pedal move accelerate",
    "sail": "sail row voyage",
    "slide": "slide skate ski glide surf slither crawl skateboard snowboard",
    "tumble": "roll tumble bounce",
    "jump": "jump hop leap skip bounce spring pounce",
    "dance": "dance celebrate boogie cheer groove play",
    "spin": "spin twirl pirouette whirl turn rotate revolve",
    "wheel": "cartwheel somersault",
    "fall": "fall drop collapse land plunge",
    "rise": "rise ascend climb launch lift blast",
    "sink": "sink descend submerge kneel crouch bow",
    "float": "float hover levitate drift bob dangle",
    "rock": "rock sway swing wobble pendulum",
    "wave": "wave greet beckon clap conduct stir shake throw toss flip juggle kick catch "
    "push pull hit strike hammer box fight",
    "nod": "nod eat drink chew sip read talk speak say laugh sing smile blink peck bark meow roar yawn "
    "whisper cry weep feed paint pour write cook blow sniff kiss howl call shout scream cough pray work "
    "neigh growl stretch",
    "shiver": "shiver tremble vibrate quiver rumble quake crash collide",
    "grow": "grow expand inflate swell bloom blossom unfold open explode burst",
    "shrink": "shrink deflate wilt wither melt dissolve",
    "vanish": "vanish disappear fade evaporate",
    "appear": "appear emerge materialize",
    "breathe": "sleep nap doze snooze rest breathe",
    "rest": "freeze",
}

_OBJECTS = {"toss": "throw toss flip juggle catch", "tumble": "kick", "slide": "push pull"}
"""Acts of what a verb is done to: "a man kicks a ball"."""

_EFFECTS = {
    # effect: nouns (and adjectives) that call for it wherever they stand
    "rain": "rain rainy raining rainfall drizzle downpour raindrop raindrops storm thunderstorm monsoon",
    "snow": "snowing snowfall snowflake snowflakes blizzard snowstorm flurries",
    "leaves": "autumn",
    "petals": "petal petals sakura confetti",
    "sparks": "spark sparks ember embers campfire bonfire forge",
    "bubbles": "bubble bubbles underwater",
    "fireflies": "firefly fireflies glowworms sprites fairy",
    "dust": "dust dusty motes pollen sandstorm",
    "fog": "fog mist foggy misty smoke steam haze smoky steaming",
    "stars": "star stars starry twinkle twinkling night galaxy nebula milky",
    "water": "water sea ocean lake river wave waves ripple ripples pond stream waterfall tide surf pool fountain",
    "clouds": "cloud clouds sky cloudy skies",
    "wind": "wind windy breeze breezy gust sway swaying rustle rustling grass meadow field reeds wheat",
    "lightning": "lightning thunder thunderstorm",
    "flicker": "candle candles candlelight flame flames fire torch flicker flickering neon fireplace",
}
_WITH_VERB = {
    "snow": r"\bsnow\w*\b[^.,;]{0,24}\b(fall|falls|falling|drift\w*|blow\w*|swirl\w*)\b"
    r"|\b(falling|drifting|swirling) snow",
    "leaves": r"\b(leaf|leaves|foliage)\b[^.,;]{0,24}\b(fall|falls|falling|drift\w*|blow\w*|swirl\w*|flutter\w*)\b"
    r"|\bfalling leaves",
    "petals": r"\bblossoms?\b[^.,;]{0,24}\b(fall|falls|falling|drift\w*)\b",
}
_LIGHT = {
    "evening": r"sun (sets|setting|goes down|sinks|dips)|sunset approaches"
    r"|(into|to|towards?) (dusk|evening|sunset)|dusk falls",
    "night": r"night (falls|comes|descends)|day (turns )?(in)?to night"
    r"|(gets|grows|getting|growing) dark(er)?|lights? (go|goes) out",
    "morning": r"sun (rises|rising|comes up|comes over)|dawn breaks|night (turns )?(in)?to day|wakes up"
    r"|(gets|grows|getting|growing) (light|bright)(er)?|light (spreads|returns)",
    "gold": r"light turns? [^.,;]{0,20}gold",
}
_TIMELAPSE = re.compile(r"time[- ]?lapse|hyper[- ]?lapse", re.IGNORECASE)
_SLOW = _set("slowly slow gently gentle softly calmly lazily leisurely slightly subtly quietly")
_FAST = _set("quickly fast rapidly wildly furiously swiftly energetically suddenly frantically hard")
_SIDE = {"left": -1.0, "leftward": -1.0, "leftwards": -1.0, "right": 1.0, "rightward": 1.0, "rightwards": 1.0}
FALLING = re.compile("|".join(_WITH_VERB[name] for name in ("leaves", "petals")), re.IGNORECASE)
"""Phrases whose things are an effect and need not be drawn as well."""
_NEAR = re.compile(r"\b(towards?|to|at|into) (the |us|me)?\s*(camera|viewer|lens|us|me)\b|\bforwards?\b")
_FAR = re.compile(r"\b(away|into the distance|towards? the horizon|off into)\b")
_STILL = re.compile(
    r"\b(motionless|perfectly still|stands? still|sits? still|frozen in (time|place)|freeze frame|no movement)\b"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One verb of the prompt: its act, and the noun it belongs to (dictionary form; empty where none stands before)."""

    act: Act
    noun: str
    verb: str
    word: str = ""
    """The verb as it is written."""


@dataclass(slots=True)
class Script:
    """What happens: acts in the order of the prompt, effects with their strengths, the course of the light."""

    lines: list[Line] = field(default_factory=list[Line])
    effects: dict[str, float] = field(default_factory=dict[str, float])
    light: str = ""
    timelapse: bool = False
    still: bool = False
    """Whether the prompt asks that nothing moves."""
    unacted: list[str] = field(default_factory=list[str])
    """Verbs that mean no act here, as they are written."""

    @property
    def told(self) -> bool:
        """Whether the prompt says anything that moves."""
        return bool(self.lines or self.effects or self.light or self.timelapse)


@cache
def _verbs() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for act, words in _VERBS.items():
        for word in words.split():
            found.setdefault(word, act)
    return found


@cache
def _nature() -> Mapping[str, str]:
    return {word: effect for effect, words in _EFFECTS.items() for word in words.split()}


_SCENERY = _set(
    "leaf leave snow snowflake rain cloud wave water sea ocean river smoke steam fog mist dust spark "
    "ember flame fire light sun moon star wind grass tree branch petal blossom bubble shadow camera "
    "lens shot tide sky aurora lightning rainbow sand curtain hair reed wheat flag firefly confetti "
    "ripple sunlight dawn night day evening dusk"
)


def read(prompt: str, negative: str = "") -> Script:
    """The script of a prompt; what the negative prompt names does not happen."""
    text = re.sub(r"\[[^\]]*\]|<[^>]*>", " ", prompt).lower()
    text = re.sub(r"\"[^\"]*\"", " ", text)
    script = Script(timelapse=_TIMELAPSE.search(text) is not None, still=_STILL.search(text) is not None)
    script.light = next((name for name, pattern in _LIGHT.items() if re.search(pattern, text)), "")
    for clause in re.split(r"[.;!?]", text):
        lines, unacted = _lines(clause)
        script.lines += lines
        script.unacted += unacted
    acted = {line.verb for line in script.lines}
    script.effects = _effects(" ".join(word for word in text.split() if word.strip(",.;!?").rstrip("s") not in acted))
    banned = set(re.findall(r"[a-z]+", bans(negative).lower()))
    script.effects = {name: value for name, value in script.effects.items() if not _banned(name, banned)}
    script.lines = [line for line in script.lines if not banned & {line.verb, line.act.name, *_forms(line.verb)}]
    if script.still or banned & {"motion", "movement"}:
        script.lines = []
    return script


def _forms(verb: str) -> set[str]:
    """A verb's forms in -ing."""
    return {f"{verb}ing", f"{verb.removesuffix('e')}ing", f"{verb}{verb[-1]}ing"}


def _banned(effect: str, banned: set[str]) -> bool:
    return bool(banned & {effect, *_EFFECTS[effect].split()})


def _effects(text: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for word in re.findall(r"[a-z]+", text):
        effect = _nature().get(word)
        if effect:
            found[effect] = 1.0
    for effect, pattern in _WITH_VERB.items():
        if re.search(pattern, text):
            found[effect] = 1.0
    if re.search(r"\b(heavy|strong|violent|stormy|raging|crashing|torrential|wild)\b", text):
        found = dict.fromkeys(found, 1.5)
    elif re.search(r"\b(light|gentle|calm|soft|quiet|still) (rain|snow|wind|breeze|waves?|sea|water|lake)", text):
        found = dict.fromkeys(found, 0.6)
    return found


def _lines(clause: str) -> tuple[list[Line], list[str]]:
    """The acts of one sentence, and its verbs that mean none here."""
    words = re.findall(r"[a-z]+|,", clause.replace("takes off", "lifts").replace("taking off", "lifting"))
    lines: list[Line] = []
    unacted: list[str] = []
    actor, noun, governed, done = "", "", False, ""
    for place, word in enumerate(words):
        governed = governed and word != ","
        before, after = words[place - 1] if place else "", words[place + 1 : place + 10]
        # "A man carries a box and walks": the man does both.
        subject = actor if before in ("and", "then") and actor else noun
        # "He floats and waves at us", but "it rocks and waves crash".
        both = subject == actor != "" and (not after or after[0] in _PREPOSITIONS or after[0] == ",")
        verb = _verb(word, before, before if both and before in ("and", "then") else noun)
        if verb is None:
            if _other_verb(word, before, noun):
                unacted.append(word)
                actor, governed = subject, False
            # What stands behind "in", "with", "of" tells of the subject; it is not the one that acts.
            elif word in _PREPOSITIONS or (word in _ARTICLES and before not in _PREPOSITIONS):
                governed = word in _PREPOSITIONS
            elif word not in _SIDE and not (governed and noun) and not _still(word):
                noun = _noun(word, known=before in ("a", "an", "the")) or noun
            if done and noun not in ("", actor) and word not in _ARTICLES:
                lines.append(Line(Act(done), noun, lines[-1].verb, lines[-1].word))
                done = ""
            continue
        actor, governed = subject, False
        if verb in _OF_ITSELF and after[:1] and after[0] in _DETERMINERS:
            unacted.append(word)
        elif subject not in _SCENERY:
            near = words[max(0, place - 2) : place] + after
            lines.append(Line(_act(_verbs()[verb], near, clause), subject, verb, word))
            done = next((act for act, verbs in _OBJECTS.items() if verb in verbs.split()), "")
    return lines, unacted


def _still(word: str) -> bool:
    return word.endswith("ing") and lexicon.lemma(word, "v") in _STILL_VERBS


def _other_verb(word: str, before: str, noun: str) -> bool:
    """Whether a word behind its noun, or behind "and", is a verb that means nothing here: "opens", "reading"."""
    base = lexicon.lemma(word, "v")
    if base in _STILL_VERBS or base == word or word in _PLURALS or not lexicon.is_verb(base):
        return False
    return bool(noun) and before != "" and (_noun(before, known=True) == noun or before in ("is", "are", "and"))


_OF_ITSELF = _set("open unfold expand grow swell blow turn")
"""Verbs that, done to something, say nothing of whoever does them: "a man opens a door"."""

_STILL_VERBS = _set("be have wear hold sit stand lie lean wait watch look stare gaze hang say light set")
_PREPOSITIONS = _set(
    "in with of wearing holding on at under over behind beside near by for from through across like along around down "
    "up into onto to toward towards past above below inside outside between among against off out"
)
_ARTICLES = _set("a an the two three and while as one")
_DETERMINERS = _set("a an the his her its their my your our this that these those of some two three in on")


_PLURALS = frozenset({"leaves", "waves", "lights", "falls", "clouds", "swings", "drops", "springs", "cycles"})


def _verb(word: str, before: str, noun: str) -> str | None:
    """The verb that a word is a form of, if it stands where a verb can: "the play" and "a walk" are things."""
    doing = word.endswith("ing") and lexicon.lemma(word, "v") != word
    if word in _SIDE or (before in _DETERMINERS and not doing):
        return None
    if word in _PLURALS and not (noun and before == noun):
        return None
    for stem in (word, lexicon.lemma(word, "v")):
        if stem in _verbs():
            return stem
    return None


def _noun(word: str, *, known: bool = False) -> str:
    """The noun that a word is a form of. `known` takes one that is more often a verb, if it can be drawn: "a bear"."""
    lemma = lexicon.lemma(word)
    noun = lexicon.is_noun(lemma) or (known and lexicon.lookup(lemma) is not None)
    return lemma if lemma in _SCENERY or (noun and len(lemma) > 2) else ""


def _act(name: str, near: list[str], clause: str) -> Act:
    side = next((_SIDE[word] for word in near if word in _SIDE), 0.0)
    pace = 0.6 if any(word in _SLOW for word in near) else 1.45 if any(word in _FAST for word in near) else 1.0
    nearer = 1.0 if _NEAR.search(clause) else -1.0 if _FAR.search(clause) else 0.0
    return Act(name, side, pace, nearer if name in ("run", "walk", "fly", "drive", "swim", "sail", "slide") else 0.0)
