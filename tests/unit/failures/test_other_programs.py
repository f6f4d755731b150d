"""Failures in the words of programs in front of a service: their network, codes and made pictures, and checks that found nothing."""

from __future__ import annotations

import pytest

from bot.domain.failure import Evidence
from bot.domain.kinds import Action, Group, Kind
from bot.failures.classify import classify

IMAGES = "images.generations"


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("Der Proxy-Server hat die Verbindung abgelehnt", Kind.NETWORK_PROXY),
        ("Le serveur proxy est injoignable", Kind.NETWORK_PROXY),
        ("代理服务器拒绝了连接", Kind.NETWORK_PROXY),
        ("프록시 서버가 연결을 거부했습니다", Kind.NETWORK_PROXY),
        ("Прокси-сервер отклонил запрос: проверь правильность адреса", Kind.NETWORK_PROXY),
        ("SSL 证书验证失败", Kind.NETWORK_TLS),
        ("Le certificat SSL est expiré", Kind.NETWORK_TLS),
        ("Сертификат сервера недействителен", Kind.NETWORK_TLS),
        ("証明書の検証に失敗しました (SSL)", Kind.NETWORK_TLS),
    ],
)
def test_the_operators_network_is_read_in_the_programs_language(said: str, kind: Kind) -> None:
    failure = classify(Evidence(api=IMAGES, exception=said))
    assert (failure.kind, failure.action) == (kind, Action.NONE)


@pytest.mark.parametrize(
    "said", ["The proxy server rejected the request: content policy violation", "代理返回：提示词违反内容政策，已拒绝"]
)
def test_a_block_that_a_proxy_passes_on_is_a_block(said: str) -> None:
    assert classify(Evidence(api=IMAGES, exception=said)).group is Group.SAFETY


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("कुछ गड़बड़ हुई (503)", Kind.OVERLOADED),
        ("ບໍ່ສາມາດສ້າງຮູບໄດ້ (429)", Kind.RATE_LIMITED),
        ("Kunne ikke lage bildet (401): ", Kind.AUTH_INVALID_KEY),
    ],
)
def test_a_status_in_brackets_is_a_status(said: str, kind: Kind) -> None:
    assert classify(Evidence(api=IMAGES, exception=said)).kind is kind


def test_a_number_in_brackets_is_no_status() -> None:
    assert classify(Evidence(api=IMAGES, exception="Width (512) must be a multiple of 64")).group is Group.PARAMETERS


@pytest.mark.parametrize(
    "said",
    [
        "No sensitive content was detected in this picture.",
        "The check found no inappropriate content.",
        "センシティブな内容は検出されませんでした。",
        "没有检测到敏感内容",
        "Es wurden keine sensiblen Inhalte gefunden.",
    ],
)
@pytest.mark.parametrize("status", [200, 500])
def test_a_check_that_found_nothing_is_no_block(said: str, status: int) -> None:
    assert classify(Evidence(api=IMAGES, status=status, body={"message": said})).group is not Group.SAFETY


@pytest.mark.parametrize(
    "said", ["The provider returned an invalid image", "La imagen generada está dañada", "A imagem gerada é inválida", "生成的图片已损坏"]
)
def test_a_made_picture_that_cannot_be_used_is_no_wrong_upload(said: str) -> None:
    assert classify(Evidence(api=IMAGES, exception=said)).kind is Kind.CORRUPT_IMAGE


def test_a_server_that_lost_the_provider_says_so_in_its_json() -> None:
    body = {"error": "Bilden kunde inte skapas, försök igen om en stund.", "debug": "read ECONNRESET"}
    assert classify(Evidence(api=IMAGES, status=502, body=body)).kind is Kind.NETWORK_RESET
    body = {"error": "La generazione dell'immagine non è riuscita. Riprova."}
    assert classify(Evidence(api=IMAGES, status=502, body=body)).kind is Kind.SERVER_ERROR


def test_a_finished_picture_over_a_limit_is_not_fetched_again() -> None:
    failure = classify(Evidence(api="download", exception="Image exceeds 20971520 byte cap"))
    assert (failure.kind, failure.action) == (Kind.DOWNLOAD_FAILED, Action.NONE)


@pytest.mark.parametrize("name", ["quality", "size", "background", "n"])
def test_an_unknown_parameter_is_an_option_whatever_its_name(name: str) -> None:
    body = {"error": {"message": f"Unknown parameter: '{name}'.", "type": "invalid_request_error"}}
    assert classify(Evidence(api=IMAGES, status=400, body=body)).kind is Kind.UNSUPPORTED_OPTION


def test_a_code_at_the_end_of_a_sentence_is_read() -> None:
    assert classify(Evidence(api=IMAGES, exception="A képgenerálás leállt. Ok: IMAGE_SAFETY. Próbáld újra.")).group is Group.SAFETY
