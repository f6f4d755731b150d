"""Stability, Novita, Bedrock, Hunyuan and Midjourney proxies."""

from __future__ import annotations

from bot.domain.kinds import Kind
from bot.failures.rules.rule import Rule, code_table, names, words

STABILITY = "platform.stability.ai/docs/api-reference"
NOVITA = "novita.ai/docs/api-reference/basic-error-code"
BEDROCK = "docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html"
HUNYUAN = "cloud.tencent.com/document/product/1729 (error codes)"
MIDJOURNEY = "github.com/novicezk/midjourney-proxy ReturnCode"

STRUCTURE: tuple[Rule, ...] = (
    *code_table(
        "novita",
        NOVITA,
        {
            Kind.SAFETY_PROMPT: "ILLEGAL_PROMPT ILLEGAL_CONTENT NSFW_DETECTED",
            Kind.QUOTA_EXHAUSTED: "BILLING_BALANCE_NOT_ENOUGH NOT_ENOUGH_BALANCE INSUFFICIENT_BALANCE",
            Kind.BILLING_LIMIT: "BILLING_FAILED BILLING_AUTH_FAILED",
            Kind.TASK_LOST: "TASK_NOT_FOUND JOB_NOT_FOUND PREDICTION_NOT_FOUND",
        },
    ),
    *code_table(
        "bedrock",
        BEDROCK,
        {
            Kind.RATE_LIMITED: "ThrottlingException TooManyRequestsException",
            Kind.QUOTA_EXHAUSTED: "ServiceQuotaExceededException",
            Kind.AUTH_INVALID_KEY: "UnrecognizedClientException ExpiredTokenException InvalidSignatureException",
            Kind.AUTH_PERMISSION: "AccessDeniedException",
            Kind.OVERLOADED: "ModelNotReadyException ServiceUnavailableException ModelStreamErrorException",
            Kind.TIMEOUT: "ModelTimeoutException",
            Kind.SERVER_ERROR: "InternalServerException ModelErrorException",
        },
        confidence=0.8,
    ),
    Rule(Kind.SAFETY_PROMPT, MIDJOURNEY, codes=names("24"), keys=frozenset({"description", "properties"}), family="midjourney"),
    Rule(Kind.SAFETY_PROMPT, MIDJOURNEY, keys=frozenset({"bannedword"}), family="midjourney"),
    Rule(Kind.TASK_LOST, MIDJOURNEY, words=words("no message found / message not found"), family="midjourney"),
    *code_table("stability", STABILITY, {Kind.SAFETY_PROMPT: "content_moderation", Kind.PAYLOAD_TOO_LARGE: "payload_too_large"}),
    Rule(Kind.SAFETY_OUTPUT, STABILITY, codes=names("CONTENT_FILTERED"), family="stability"),
    *code_table(
        "hunyuan",
        HUNYUAN,
        {
            Kind.SAFETY_PROMPT: """
                OperationDenied.TextIllegalDetected FailedOperation.TextIllegalDetected FailedOperation.ModerationFailed
            """,
            Kind.SAFETY_REFERENCE_IMAGE: "OperationDenied.ImageIllegalDetected FailedOperation.ImageIllegalDetected",
            Kind.BILLING_LIMIT: "ResourceUnavailable.InArrears FailedOperation.ServiceStopArrears",
            Kind.QUOTA_EXHAUSTED: "ResourceUnavailable.LowBalance FailedOperation.FreeResourcePackExhausted "
            "FailedOperation.ResourcePackExhausted",
            Kind.RATE_LIMITED: "RequestLimitExceeded RequestLimitExceeded.JobNumExceed LimitExceeded.RequestLimitExceeded",
            Kind.AUTH_INVALID_KEY: "AuthFailure.SecretIdNotFound AuthFailure.SignatureFailure AuthFailure.TokenFailure "
            "AuthFailure.InvalidSecretId",
            Kind.AUTH_PERMISSION: "AuthFailure.UnauthorizedOperation UnauthorizedOperation ResourceUnavailable.NotExist",
            Kind.INVALID_REFERENCE_IMAGE: "FailedOperation.ImageDecodeFailed FailedOperation.ImageDownloadError "
            "InvalidParameterValue.UrlIllegal",
        },
    ),
)
