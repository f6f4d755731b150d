"""The ladder on 20 prompts: whichever single detail makes one fail is named, in at most as many calls as a binary search needs plus two."""

from __future__ import annotations

import math

import pytest

from bot.prompts.details import Detail, Rung, details_of, put_together
from bot.prompts.ladder import TriedStep, down_to, everything, minimal, next_step, standing, steps_down
from bot.prompts.normalise import normalise

PROMPTS = (
    "a red robot with a lantern and a blue scarf in a foggy harbour, watercolour, oil painting, 16:9, no logos",
    "A friendly fox reading a newspaper, wearing round glasses, in a library, flat illustration, soft light, without text",
    "an old lighthouse on a cliff, seagulls, a storm coming up, cinematic, wide shot",
    "two astronauts playing chess on the moon, Earth in the background, retro poster style, muted colours",
    "a bowl of ramen with an egg, spring onions, chopsticks, steam, top view, product photo, no hands",
    "a cat in a spacesuit; a dog with a jetpack; a parrot; pixel art; blue sky",
    "A cosy bookshop at night, warm lamps, a sleeping cat in the window, rain, ink sketch",
    "a Ferrari on a mountain road, snow, sunset, photorealistic, cartoon",
    "a knight fights a dragon, burning castle, banners, dramatic clouds, oil painting",
    "an article cover with a paper plane, a city below, minimalist, free space at the top, no logos",
    "President Smith shaking hands with a robot, flags, a long table, photo",
    "a bicycle made of glass with wooden wheels, on a beach, morning mist, 3d render, 4:5",
    "a diagram of a water cycle, arrows, clouds, mountains, labels with tiny text, vector",
    "eine alte Mühle am Fluss, Herbstlaub, ein Ruderboot, Nebel, Aquarell",
    "红色的自行车，雨中的街道，霓虹灯，水彩画",
    "a jazz trio on a stage and a dancer and a waiter with a tray, smoke, spotlights, comic",
    "a greenhouse full of orchids, a brass telescope, a marble bust of a poet, afternoon light, isometric, no people",
    "Use: social post\nSubject: a teapot with a bamboo handle\nScene: a garden, cherry blossom\nStyle: pencil\nComposition: 1:1, centred",
    "Use: product picture\nSubject: a leather bag, a brass buckle\nScene: a studio\nStyle: photo, retro\nConstraints: no logos",
    "Subject: a hut with smoke from the chimney\nScene: winter night, stars, northern lights\nStyle: oil painting\nComposition: 16:9",
)
"""Our own."""
CASES = [(prompt, hidden) for prompt in PROMPTS for hidden in range(len(details_of(normalise(prompt))))]


def climb(details: tuple[Detail, ...], bad: set[int]) -> tuple[tuple[int, ...], int]:
    """Follow the ladder where a wording fails as soon as it has one of the bad details. What it names, and the calls."""
    tried: list[TriedStep] = []
    while (kept := next_step(details, tried)) is not None:
        assert all(one.kept != kept for one in tried), "the same wording is never sent twice"
        tried.append(TriedStep(kept, not kept & bad))
        assert len(tried) < 50
    return standing(details, tried).culprits, len(tried)


def test_there_are_twenty_prompts_with_something_to_leave_out() -> None:
    assert len(PROMPTS) == 20
    for prompt in PROMPTS:
        assert len(steps_down(details_of(normalise(prompt)))) >= 1, prompt


@pytest.mark.parametrize(("prompt", "hidden"), CASES)
def test_a_hidden_detail_is_named_in_hardly_more_calls_than_a_binary_search_needs(prompt: str, hidden: int) -> None:
    details = details_of(normalise(prompt))
    most = math.ceil(math.log2(len(details))) + 2
    culprits, calls = climb(details, {hidden})
    if hidden == 0 and details[0].rung is None:
        assert culprits == (), "the subject itself: nothing else is accused"
        assert calls <= 2
    else:
        assert culprits == (hidden,)
        assert calls <= most


@pytest.mark.parametrize("prompt", PROMPTS)
def test_two_hidden_details_are_both_named(prompt: str) -> None:
    details = details_of(normalise(prompt))
    last = len(details) - 1
    if last >= 2:
        assert climb(details, {1, last})[0] == (1, last)


def test_where_nothing_fails_nothing_is_accused() -> None:
    details = details_of(PROMPTS[0])
    whole = TriedStep(everything(details), worked=True)
    assert standing(details, [whole]).culprits == ()
    assert standing(details, [whole]).over


@pytest.mark.parametrize("prompt", PROMPTS)
def test_a_prompt_that_failed_by_chance_accuses_nothing(prompt: str) -> None:
    details = details_of(normalise(prompt))
    culprits, calls = climb(details, set())
    assert culprits == ()
    assert calls <= math.ceil(math.log2(len(details))) + 2


def test_the_steps_take_away_one_kind_of_thing_after_the_other() -> None:
    details = details_of(
        "a red Ferrari and a man with a hat in a foggy harbour, watercolour, oil painting, 16:9, covered in blood, article cover, no logos"
    )
    assert [(rung, put_together(details, kept).splitlines()) for rung, kept in steps_down(details)] == [
        (
            Rung.ONE_SUBJECT,
            [
                "Use: article cover",
                "Subject: a red Ferrari",
                "Scene: in a foggy harbour, covered in blood",
                "Style: watercolour, oil painting",
                "Composition: 16:9",
                "Constraints: no logos",
            ],
        ),
        (
            Rung.RISKY,
            [
                "Use: article cover",
                "Subject: a red sports car",
                "Scene: in a foggy harbour",
                "Style: watercolour, oil painting",
                "Composition: 16:9",
                "Constraints: no logos",
            ],
        ),
        (
            Rung.STYLES,
            [
                "Use: article cover",
                "Subject: a red sports car",
                "Scene: in a foggy harbour",
                "Style: watercolour",
                "Composition: 16:9",
                "Constraints: no logos",
            ],
        ),
        (Rung.MINIMAL, ["Subject: a red sports car", "Scene: in a foggy harbour", "Constraints: no logos"]),
    ]
    assert down_to(details, Rung.MINIMAL) == minimal(details)


@pytest.mark.parametrize("prompt", PROMPTS)
def test_a_prompt_put_together_again_keeps_all_its_details(prompt: str) -> None:
    details = details_of(normalise(prompt))
    again = details_of(put_together(details, everything(details)))
    assert sorted(one.words for one in again) == sorted(one.words for one in details)
