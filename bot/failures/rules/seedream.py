"""Seedream on Volcengine Ark: CamelCase codes that name the side of a block; a check that broke is no verdict."""

from __future__ import annotations

from bot.domain.kinds import Kind
from bot.failures.rules.rule import Rule, code_table, names, words

ARK = "www.volcengine.com/docs/82379/1299023 (error codes)"

STRUCTURE: tuple[Rule, ...] = (
    Rule(Kind.SERVER_ERROR, ARK + ": the check itself broke", codes=names("ContentSecurityDetectionError"), family="seedream"),
    *code_table(
        "seedream",
        ARK,
        {
            Kind.SAFETY_PROMPT: "InputTextSensitiveContentDetected InputTextRiskDetection SensitiveContentDetected "
            "InputTextSensitiveContentDetected.PolicyViolation SensitiveContentDetected.SevereViolation "
            "SensitiveContentDetected.Violence",
            Kind.SAFETY_REFERENCE_IMAGE: "InputImageSensitiveContentDetected InputImageRiskDetection "
            "InputImageSensitiveContentDetected.PolicyViolation "
            "InputImageSensitiveContentDetected.PrivacyInformation",
            Kind.SAFETY_OUTPUT: "OutputImageSensitiveContentDetected OutputImageRiskDetection "
            "OutputImageSensitiveContentDetected.PolicyViolation "
            "OutputTextSensitiveContentDetected OutputTextRiskDetection",
            Kind.BILLING_LIMIT: "AccountOverdueError ServiceOverdue OperationDenied.ServiceOverdue",
            Kind.QUOTA_EXHAUSTED: "QuotaExceeded SetLimitExceeded",
            Kind.RATE_LIMITED: "RateLimitExceeded.EndpointRPMExceeded RateLimitExceeded.FoundationModelRPMExceeded "
            "ModelAccountRpmRateLimitExceeded ModelAccountTpmRateLimitExceeded ModelAccountIpmRateLimitExceeded "
            "APIAccountRpmRateLimitExceeded "
            "AccountRateLimitExceeded RequestBurstTooFast InflightBatchsizeExceeded",
            Kind.OVERLOADED: "ServerOverloaded",
            Kind.MODEL_ACCESS_DENIED: "ModelNotOpen InvalidEndpointOrModel.ModelIDAccessDisabled OperationDenied.ServiceNotOpen",
            Kind.INVALID_MODEL: "InvalidEndpointOrModel.NotFound InvalidEndpointOrModel InvalidEndpoint.ClosedEndpoint UnsupportedModel",
            Kind.SERVER_ERROR: "InternalServiceError",
        },
    ),
    Rule(
        Kind.SAFETY_OUTPUT, ARK, codes=names("image_generation.partial_failed"), words=words("sensitive / risk / violat"), family="seedream"
    ),
)
