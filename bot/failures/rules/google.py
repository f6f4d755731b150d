"""Google: Gemini, Imagen on Vertex, Cloud Code; safety in HTTP 200, generic INVALID_ARGUMENT, quotas that are and are not rate limits."""

from __future__ import annotations

from bot.domain.kinds import Action, Kind
from bot.failures.rules.rule import Rule, code_table, names, statuses, words

API = "ai.google.dev/api/generate-content (FinishReason, BlockReason), cloud.google.com/vertex-ai: responsible-ai-imagen"
RPC = "github.com/googleapis/googleapis google/rpc/error_details.proto, code.proto"
FAMILY = "google"

GUARDS: tuple[Rule, ...] = (
    Rule(
        Kind.QUOTA_EXHAUSTED,
        "github.com/google-gemini/gemini-cli issues: QuotaFailure with a PerDay quotaId, free tier without images",
        codes=names("RESOURCE_EXHAUSTED RATE_LIMIT_EXCEEDED"),
        around=words("perday / per day / daily / limit: 0, / limit: 0 | / limit:0 / free tier requests, limit: 0"),
        family=FAMILY,
    ),
    Rule(
        Kind.RATE_LIMITED,
        "vercel/ai packages/google fixtures: 429 with RetryInfo",
        codes=names("RESOURCE_EXHAUSTED RATE_LIMIT_EXCEEDED"),
        keys=frozenset({"retrydelay"}),
        nowhere=("perday", "per day", "no capacity"),
        family=FAMILY,
    ),
    Rule(
        Kind.RATE_LIMITED,
        "cloud.google.com/vertex-ai/generative-ai/docs/error-code-429: quotas of the platform are per minute unless they say otherwise",
        codes=names("RESOURCE_EXHAUSTED"),
        around=words("quota exceeded for / check quota / resource exhausted / quota increase"),
        nowhere=("no capacity", "billing details"),
        family=FAMILY,
    ),
    Rule(
        Kind.EMPTY_RESULT,
        "public source code: Imagen without pictures; the text only guesses at the safety review",
        words=words("no images were generated / no image was generated / returned no images"),
        action=Action.NONE,
        confidence=0.6,
        family=FAMILY,
    ),
)

STRUCTURE: tuple[Rule, ...] = (
    Rule(
        Kind.SAFETY_PROMPT,
        API,
        codes=names("SAFETY OTHER BLOCKLIST PROHIBITED_CONTENT IMAGE_SAFETY JAILBREAK MODEL_ARMOR BLOCKED_REASON_UNSPECIFIED"),
        field="blockreason",
        family=FAMILY,
    ),
    Rule(Kind.SAFETY_PROMPT, API, keys=frozenset({"promptfeedback", "blockreasonmessage"}), family=FAMILY),
    Rule(
        Kind.SAFETY_PROMPT,
        API + ": a reason that is newer than this table",
        filled=frozenset({"promptfeedback", "blockreason"}),
        family=FAMILY,
    ),
    Rule(
        Kind.SAFETY_OUTPUT,
        API,
        codes=names(
            "SAFETY IMAGE_SAFETY PROHIBITED_CONTENT IMAGE_PROHIBITED_CONTENT BLOCKLIST SPII RECITATION IMAGE_RECITATION MODEL_ARMOR "
            "content_filter CONTENT_FILTERED"
        ),
        field="finishreason",
        family=FAMILY,
    ),
    Rule(
        Kind.EMPTY_RESULT,
        API,
        codes=names("NO_IMAGE IMAGE_OTHER MAX_TOKENS OTHER LANGUAGE MALFORMED_FUNCTION_CALL FINISH_REASON_UNSPECIFIED"),
        field="finishreason",
        confidence=0.8,
        family=FAMILY,
    ),
    Rule(Kind.SAFETY_OUTPUT, API, keys=frozenset({"raifilteredreason"}), family=FAMILY),
    Rule(Kind.SAFETY_OUTPUT, API, codes=names("IMAGE_SAFETY IMAGE_PROHIBITED_CONTENT IMAGE_RECITATION"), family=FAMILY),
    *code_table(
        FAMILY,
        RPC,
        {
            Kind.SAFETY_PROMPT: "PUBLIC_ERROR_UNSAFE_GENERATION PUBLIC_ERROR_PROMINENT_PEOPLE_FILTER_FAILED PUBLIC_ERROR_SEXUAL "
            "PUBLIC_ERROR_MINOR "
            "PUBLIC_ERROR_MINOR_UPLOAD PUBLIC_ERROR_HARMFUL_CONTENT PUBLIC_ERROR_UNSAFE_IMAGE_UPLOAD",
            Kind.OVERLOADED: "MODEL_CAPACITY_EXHAUSTED",
            Kind.AUTH_INVALID_KEY: "API_KEY_INVALID API_KEY_EXPIRED ACCESS_TOKEN_EXPIRED",
            Kind.AUTH_PERMISSION: "SERVICE_DISABLED IAM_PERMISSION_DENIED ACCESS_TOKEN_SCOPE_INSUFFICIENT API_KEY_SERVICE_BLOCKED "
            "API_KEY_HTTP_REFERRER_BLOCKED API_KEY_IP_ADDRESS_BLOCKED CONSUMER_INVALID CONSUMER_SUSPENDED",
            Kind.BILLING_LIMIT: "BILLING_DISABLED BILLING_NOT_ENABLED",
        },
    ),
    Rule(
        Kind.SAFETY_PROMPT,
        "github.com/googleapis: Imagen support codes",
        words=words(
            "prompt could not be submitted / prompt was blocked / prompt contains / rephrase the prompt",
            "safety / sensitive / polic / harmful / support code",
        ),
        family=FAMILY,
    ),
)

WEAK: tuple[Rule, ...] = (
    Rule(Kind.RATE_LIMITED, RPC, codes=names("RESOURCE_EXHAUSTED RATE_LIMIT_EXCEEDED rateLimitExceeded"), confidence=0.7, family=FAMILY),
    Rule(Kind.AUTH_INVALID_KEY, RPC, codes=names("UNAUTHENTICATED"), confidence=0.7, family=FAMILY),
    Rule(Kind.AUTH_PERMISSION, RPC, codes=names("PERMISSION_DENIED"), confidence=0.7, family=FAMILY),
    Rule(Kind.OVERLOADED, RPC, codes=names("UNAVAILABLE"), confidence=0.7, family=FAMILY),
    Rule(Kind.TIMEOUT, RPC, codes=names("DEADLINE_EXCEEDED"), confidence=0.7, family=FAMILY),
    Rule(Kind.SERVER_ERROR, RPC, codes=names("INTERNAL ABORTED CANCELLED DATA_LOSS"), confidence=0.6, family=FAMILY),
    Rule(Kind.INVALID_MODEL, RPC, codes=names("NOT_FOUND"), statuses=statuses(404), words=words("models/"), family=FAMILY),
)
