"""Reading an answer is total: whatever JSON came, there is an answer, and nothing in it is of a wrong type."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.outcome import Usage
from bot.providers.answer import read_answer
from bot.providers.body import BodyReader
from bot.providers.services.registry import api_for

WORDS = """
    data images output result results choices message b64_json url image_url image error status task_id id object usage cost
    input_tokens output_tokens has_nsfw_concepts respect_moderation poll_url
"""
NAMES = st.sampled_from(WORDS.split())
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.sampled_from(["pending", "https://a/b", "task"]),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(NAMES | st.text(max_size=5), children, max_size=5),
    max_leaves=25,
)


@settings(max_examples=300)
@given(VALUES, st.dictionaries(st.sampled_from(["retry-after", "location", "x-litellm-response-cost"]), st.text(max_size=10)))
def test_any_json_is_read(value: object, headers: dict[str, str]) -> None:
    answer = read_answer(value, headers, BodyReader(0))
    for item in answer.items:
        assert (item.base64 is None) != (item.url is None)
        assert item.base64 is None or isinstance(item.base64, str)
        assert item.revised_prompt is None or item.revised_prompt.strip()
    if answer.task is not None:
        assert not answer.items
        assert 1 <= answer.task.poll_after <= 60
    if answer.usage is not None:
        counts = (answer.usage.input_tokens, answer.usage.output_tokens, answer.usage.cost_micros)
        assert any(count is not None for count in counts)
        assert all(count is None or count >= 0 for count in counts)


def usage(value: object, **headers: str) -> Usage | None:
    return read_answer({"data": [], "usage": value}, headers, BodyReader(0)).usage


@pytest.mark.parametrize(
    ("value", "counted"),
    [
        ({"input_tokens": 5, "output_tokens": 7}, Usage(5, 7)),
        ({"prompt_tokens": 5, "completion_tokens": 7}, Usage(5, 7)),
        ({"cost": 0.0421}, Usage(cost_micros=42_100)),
        ({"cost": "0.01", "output_tokens": 3}, Usage(output_tokens=3, cost_micros=10_000)),
        ({"cost": 0}, None),
        ({"cost": 1e309, "input_tokens": -1, "output_tokens": True}, None),
        ({"cost": "nan", "input_tokens": 1.5, "output_tokens": "7"}, None),
        ({"output_tokens": 10**40}, None),
        ([1], None),
        ("none", None),
    ],
)
def test_usage_is_taken_where_it_makes_sense(value: object, counted: Usage | None) -> None:
    assert usage(value) == counted


def test_a_gateways_own_price_is_read_from_its_header() -> None:
    assert usage(None, **{"x-litellm-response-cost": "0.0527"}) == Usage(cost_micros=52_700)


@pytest.mark.parametrize(
    ("value", "task_id", "poll_url"),
    [
        ({"id": "t1", "object": "image.generation.task", "status": "pending"}, "t1", None),
        ({"object": "image.generation.task", "task_id": "t2", "id": "x", "poll_url": "/p"}, "t2", "/p"),
        ({"output": {"task_id": "t3", "task_status": "RUNNING"}, "request_id": "r"}, "t3", None),
        ({"id": "t4", "status": "IN_QUEUE", "status_url": "https://queue.example/s"}, "t4", "https://queue.example/s"),
        ({"id": "t5", "status": "completed"}, None, None),
        ({"id": "t6", "status": "failed", "error": {"code": "x"}}, None, None),
        ({"id": "../../t7", "status": "pending"}, None, None),
        ({"id": 7, "status": "pending"}, None, None),
        ({"id": "chatcmpl-1", "object": "chat.completion", "choices": []}, None, None),
    ],
)
def test_a_running_task_is_told_from_one_that_ended(value: object, task_id: str | None, poll_url: str | None) -> None:
    task = read_answer(value, {}, BodyReader(0)).task
    assert (task.task_id if task else None, task.poll_url if task else None) == (task_id, poll_url)


@pytest.mark.parametrize(
    ("value", "ahead", "share"),
    [
        ({}, None, None),
        ({"queue_position": 3, "progress": 0.25}, 3, 0.25),
        ({"data": {"progress": "45%"}}, None, 0.45),
        ({"progress": 60}, None, 0.6),
        ({"progress": 0, "queue_position": -1}, None, None),
        ({"progress": True, "queue_position": "2"}, None, None),
        ({"progress": 900}, None, None),
        ({"progress": "nearly"}, None, None),
    ],
)
def test_how_far_a_task_is(value: dict[str, object], ahead: int | None, share: float | None) -> None:
    task = read_answer({"id": "t1", "status": "pending", **value}, {}, BodyReader(0)).task
    assert task is not None
    assert (task.ahead, task.progress) == (ahead, share)


@pytest.mark.parametrize(("service", "cost"), [("openrouter", 0), ("gateway", None), ("openai", None)])
def test_a_free_picture_costs_nothing_where_the_service_states_its_costs(service: str, cost: int | None) -> None:
    answer = api_for("https://host.example/v1", service).read({"data": [], "usage": {"cost": 0}}, {}, BodyReader(0))
    assert (answer.usage and answer.usage.cost_micros) == cost
