"""Member texts of every failure in one language, shuffled and without the names of their kinds, for somebody who reads them afresh.

`python scripts/read_texts.py zh-Hans > /tmp/read.txt`; after the reading, `--key` adds the key and the English of each.
"""

from __future__ import annotations

import argparse
import random

from bot.domain.failure import Failure
from bot.domain.kinds import KINDS, Kind
from bot.failures.explain import AUDIENCES, explain, spoken_seconds
from bot.texts import keys, languages, say, text
from bot.texts.phrases import listed

SAMPLES: dict[str, object] = {
    "allowed": listed(["1024×1024", "1536×1024", "1024×1536"]),
    "limit": "4",
    "param": "background",
    "wait": spoken_seconds(90),
    "type": "TIFF",
    "pixels": "8000×8000",
    "bytes": "61 MB",
    "encoding": "br",
}
"""Value for each field of a member's text."""


def texts_of(kind: Kind) -> dict[str, str]:
    """Text key -> words: first what the kind says without details, then its other wordings."""
    rule = KINDS[kind]
    plain = f"failures.{kind}.{AUDIENCES[0]}"
    first = explain(Failure(rule.group, kind, rule.action, None, rule.who_can_fix, 1.0), AUDIENCES[0])
    others = {key: text(key, **SAMPLES) for key in keys(f"{plain}_")}
    return {plain: first, **others}


def main() -> None:
    """Print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("language", choices=sorted(languages()))
    parser.add_argument("--seed", type=int, default=19, help="the order")
    parser.add_argument("--every", action="store_true", help="the other wordings of each kind, too, and those that kinds share")
    parser.add_argument("--key", action="store_true", help="with the key and the English")
    asked = parser.parse_args()
    found = [item for kind in Kind for item in list(texts_of(kind).items())[: None if asked.every else 1]]
    if asked.every:
        found += [(key, text(key, **SAMPLES)) for key in keys("failures.why.member_")]
    random.Random(asked.seed).shuffle(found)
    for number, (key, words) in enumerate(found, 1):
        print(f"{number}. {say(words, asked.language)}" + (f"\n   {key}: {say(words, 'en')}" if asked.key else ""))


if __name__ == "__main__":
    main()
