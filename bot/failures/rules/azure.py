"""Azure OpenAI: the classic route's `contentFilter`, the newer `content_filter` with its result table, deployments, blocked resources."""

from __future__ import annotations

from bot.domain.kinds import Kind
from bot.failures.rules.rule import Rule, code_table, words

DOCS = "learn.microsoft.com/azure/ai-services/openai: how-to/dall-e, concepts/content-filter"
FAMILY = "azure"

GUARDS: tuple[Rule, ...] = (
    Rule(
        Kind.SAFETY_ACCOUNT_FLAGGED,
        "github.com/pollinations issues: a resource blocked after misuse reads like a block of the prompt",
        words=words(
            "resource has been / resource is / account has been / account is / account was / access has been / access was / "
            "organization has been / subscription has been / user has been",
            "blocked / suspended / terminated / restricted / banned / flagged / disabled / deactivated",
            "violat / content policy / usage polic / our polic / abuse / safety / prohibited use",
        ),
        family=FAMILY,
    ),
)

STRUCTURE: tuple[Rule, ...] = (
    *code_table(
        FAMILY,
        DOCS,
        {
            Kind.SAFETY_PROMPT: "contentFilter ResponsibleAIPolicyViolation content_policy_violation",
            Kind.INVALID_MODEL: "DeploymentNotFound InvalidDeployment DeploymentNotReady ModelNotFound",
            Kind.PROMPT_TOO_LONG: "promptTooLong",
            Kind.AUTH_PERMISSION: "PermissionDenied AuthorizationFailed",
        },
    ),
    Rule(Kind.PROMPT_TOO_LONG, DOCS, codes=frozenset({"invalidpayload"}), words=words("too long"), family=FAMILY),
    Rule(
        Kind.SAFETY_PROMPT,
        DOCS,
        keys=frozenset({"contentfilterresult"}),
        true=frozenset({"filtered"}),
        family=FAMILY,
    ),
)
