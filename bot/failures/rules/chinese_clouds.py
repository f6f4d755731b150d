"""Image APIs of Chinese clouds: DashScope, Zhipu, MiniMax, Seedream on Volcengine Ark, Kling, Hunyuan, Qianfan, SiliconFlow.

Numeric codes mean different things at each of them, so every table names the shape that goes with it.
"""

from __future__ import annotations

from bot.domain.kinds import Action, Kind
from bot.failures.rules.rule import Rule, code_table, names, words

DASHSCOPE = "help.aliyun.com/zh/model-studio/error-code"
ZHIPU = "docs.bigmodel.cn/cn/faq/api-code, docs.z.ai/api-reference/api-code"
MINIMAX = "platform.minimaxi.com/docs/api-reference/errorcode"
ARK = "www.volcengine.com/docs/82379/1299023 (error codes)"
KLING = "app.klingai.com/global/dev/document-api/apiReference/commonInfo"
HUNYUAN = "cloud.tencent.com/document/product/1729 (error codes)"
QIANFAN = "cloud.baidu.com/doc/WENXINWORKSHOP/s/tlmyncueh"

DASHSCOPE_RULES: tuple[Rule, ...] = (
    Rule(
        Kind.INVALID_REFERENCE_IMAGE,
        DASHSCOPE + ": the picture could not be fetched for the inspection, which is no verdict",
        codes=names(
            "InvalidParameter.DataInspection InvalidURL InvalidImageFormat InvalidImageResolution InvalidFile.Format InvalidFile.Size "
            "InvalidFile.Resolution InvalidFile.Content InvalidFile.Ratio InvalidFile.NoHuman InvalidFile.Corrupted "
            "BadRequest.InputDownloadFailed "
            "UnsupportedFileFormat DataInspectionDownloadFailed"
        ),
        family="dashscope",
    ),
    *code_table(
        "dashscope",
        DASHSCOPE,
        {
            Kind.SAFETY_PROMPT: "DataInspectionFailed data_inspection_failed IPInfringementSuspect FaqRuleBlocked CustomRoleBlocked",
            Kind.AUTH_INVALID_KEY: "InvalidApiKey InvalidAccessKeyId SignatureDoesNotMatch",
            Kind.BILLING_LIMIT: "Arrearage PrepaidBillOverdue PostpaidBillOverdue",
            Kind.QUOTA_EXHAUSTED: "AllocationQuota.FreeTierOnly CommodityNotPurchased AccessDenied.Unpurchased",
            Kind.RATE_LIMITED: "Throttling Throttling.RateQuota Throttling.AllocationQuota Throttling.User Throttling.Api LimitRequests "
            "limit_requests limit_burst_rate Throttling.BurstRate",
            Kind.MODEL_ACCESS_DENIED: "Model.AccessDenied ModelAccessDenied",
            Kind.AUTH_PERMISSION: "AccessDenied Workspace.AccessDenied NotAuthorised App.AccessDenied",
            Kind.INVALID_MODEL: "ModelNotFound Model.NotFound model_not_supported UnsupportedModel",
            Kind.PAYLOAD_TOO_LARGE: "BadRequest.TooLarge",
            Kind.PROMPT_EMPTY: "BadRequest.EmptyInput",
            Kind.TIMEOUT: "RequestTimeOut InternalError.Timeout ResponseTimeout",
            Kind.OVERLOADED: "ModelUnavailable ModelServingBusy ServiceUnavailable Throttling.Concurrency",
            Kind.SERVER_ERROR: "InternalError InternalError.Algo InternalError.FileUpload InternalError.Upload SystemError "
            "ModelServiceFailed "
            "ModelServingError InternalError.Timeout.Model",
        },
    ),
)


def _numbered(family: str, source: str, shape: str, table: dict[Kind, str], actions: dict[str, Action] | None = None) -> tuple[Rule, ...]:
    lowered = actions or {}
    plain = code_table(family, source, table, shapes=frozenset({shape}))
    return (
        *(
            Rule(kind, source, codes=frozenset({code}), shapes=frozenset({shape}), action=lowered[code], family=family)
            for kind, codes in table.items()
            for code in codes.split()
            if code in lowered
        ),
        *plain,
    )


ZHIPU_RULES = _numbered(
    "zhipu",
    ZHIPU,
    "code_text4",
    {
        Kind.AUTH_MISSING_KEY: "1001",
        Kind.AUTH_INVALID_KEY: "1000 1002 1003 1004",
        Kind.AUTH_PERMISSION: "1110 1111 1112 1120 1220 1311",
        Kind.SAFETY_ACCOUNT_FLAGGED: "1121",
        Kind.QUOTA_EXHAUSTED: "1113 1304 1308 1309 1310",
        Kind.INVALID_MODEL: "1211",
        Kind.ENDPOINT_NOT_FOUND: "1221 1222",
        Kind.PROMPT_TOO_LONG: "1261",
        Kind.SAFETY_PROMPT: "1300 1301",
        Kind.RATE_LIMITED: "1302 1303 1313",
        Kind.OVERLOADED: "1305 1312",
        Kind.SERVER_ERROR: "1230 1234",
    },
)

KLING_RULES = _numbered(
    "kling",
    KLING,
    "code_int4",
    {
        Kind.AUTH_MISSING_KEY: "1001",
        Kind.AUTH_INVALID_KEY: "1000 1002 1003 1004",
        Kind.AUTH_PERMISSION: "1103 1304",
        Kind.BILLING_LIMIT: "1101",
        Kind.QUOTA_EXHAUSTED: "1100 1102",
        Kind.INVALID_MODEL: "1203",
        Kind.SAFETY_PROMPT: "1300 1301",
        Kind.RATE_LIMITED: "1302 1303",
        Kind.SERVER_ERROR: "5000",
        Kind.OVERLOADED: "5001",
        Kind.TIMEOUT: "5002",
    },
)

MINIMAX_RULES = _numbered(
    "minimax",
    MINIMAX,
    "base_resp",
    {
        Kind.TIMEOUT: "1001",
        Kind.RATE_LIMITED: "1002 1039 1041 2045",
        Kind.AUTH_INVALID_KEY: "1004 2049",
        Kind.QUOTA_EXHAUSTED: "1008 2056",
        Kind.SERVER_ERROR: "1000 1013 1024 1033",
        Kind.SAFETY_PROMPT: "1026",
        Kind.SAFETY_OUTPUT: "1027",
        Kind.BAD_REQUEST_OTHER: "1042",
        Kind.MODEL_ACCESS_DENIED: "2061",
    },
)

SEEDREAM_RULES: tuple[Rule, ...] = (
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
            Kind.RATE_LIMITED: "RateLimitExceeded RateLimitExceeded.EndpointRPMExceeded RateLimitExceeded.FoundationModelRPMExceeded "
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

TENCENT_RULES: tuple[Rule, ...] = (
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

STRUCTURE = (*DASHSCOPE_RULES, *ZHIPU_RULES, *KLING_RULES, *MINIMAX_RULES, *SEEDREAM_RULES, *TENCENT_RULES)
