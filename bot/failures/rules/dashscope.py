"""DashScope (Alibaba Model Studio): CamelCase codes; the data inspection is the safety check."""

from __future__ import annotations

from bot.domain.kinds import Kind
from bot.failures.rules.rule import Rule, code_table, names

DASHSCOPE = "help.aliyun.com/zh/model-studio/error-code"

STRUCTURE: tuple[Rule, ...] = (
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
            Kind.RATE_LIMITED: "Throttling.RateQuota Throttling.AllocationQuota Throttling.User Throttling.Api LimitRequests "
            "limit_requests limit_burst_rate Throttling.BurstRate",
            Kind.MODEL_ACCESS_DENIED: "Model.AccessDenied ModelAccessDenied",
            Kind.AUTH_PERMISSION: "Workspace.AccessDenied NotAuthorised App.AccessDenied",
            Kind.INVALID_MODEL: "ModelNotFound Model.NotFound model_not_supported UnsupportedModel",
            Kind.PAYLOAD_TOO_LARGE: "BadRequest.TooLarge",
            Kind.PROMPT_EMPTY: "BadRequest.EmptyInput",
            Kind.TIMEOUT: "RequestTimeOut InternalError.Timeout ResponseTimeout",
            Kind.OVERLOADED: "ModelUnavailable ModelServingBusy Throttling.Concurrency",
            Kind.SERVER_ERROR: "InternalError.Algo InternalError.FileUpload InternalError.Upload "
            "ModelServiceFailed "
            "ModelServingError InternalError.Timeout.Model",
        },
    ),
)
