"""HTTP statuses that words state, in any language: `failed with status 429`, `错误码：503`, `Failed to fetch image: 402`."""

from __future__ import annotations

import re

_INNER = re.compile(
    r"(?:status(?:[ _-]?code)?|http(?:_status_|/[\d.]{1,4})?(?: error)?|code|error|returned|failed|failed with|response|api|"
    r"状态码|狀態碼|错误码?|錯誤碼?|エラー|ステータス|오류|상태|fehler|erreur|errore?|erro|ошибка|статус|błąd|hata|lỗi)"
    r"[ \"']{0,2}[:：=(（-]?[ \"']{0,2}([1-5]\d\d)(?!\d|[.,]\d)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[1-5]\d\d")
_TRAILING = re.compile(r"(?:：|[:(（\s]\s|\s[:(（]?|[(（])([45]\d\d)[)）]?[.!]?$")
"""A status at the end of a short message: `Failed to fetch image: 402`, `Anfrage fehlgeschlagen (503)`; no port (`cdn.example:443`)."""
_BRACKETED = re.compile(r"[(（](?:HTTP ?)?(40[0-9]|41[0135]|42[259]|451|50[0-4]|52[0-9]|529)[)）]", re.IGNORECASE)
"""A well-known status in brackets, wherever it is: `(503)`; other numbers in brackets are sizes and counts."""
_NO_STATUS = frozenset({443, 465})
"""Ports of TLS, which look like statuses."""
_MAX_TRAILING = 160
"""Characters of a message that counts as short."""
_LEADING = re.compile(r"^\W{0,3}(?:[A-Za-z]{1,20}[:,] )?([45]\d\d)(?![\dx×.])")


def stated_status(words: str) -> int | None:
    """The status of an error that a message states, if it does."""
    if not _NUMBER.search(words):
        return None
    named = _INNER.search(words[:2000]) or _LEADING.search(words[:200])
    named = named or (_TRAILING.search(words) if len(words) <= _MAX_TRAILING else None) or _BRACKETED.search(words[:400])
    status = int(named[1]) if named and named[1][0] in "45" else None
    return None if status in _NO_STATUS else status
