"""Sentences about a value that was wrong: which one is decided by the name of the parameter or by what is said about it."""

from __future__ import annotations

from bot.domain.kinds import Kind
from bot.failures.rules.rule import Rule, names, statuses, words

FACTS = "../shared/platform/failures.md 8-13; openai, azure, vLLM, FastAPI and pydantic texts"
FAMILY = "common"
WRONG = (
    "invalid / not supported / unsupported / must be / not allowed / supported values / exceed / one of / not a valid / should be / "
    "not valid / out of range / "
    "not within / too large / too small / too big / at most / at least / unknown / unrecognized / unexpected / not accepted / "
    "mismatch / bad / wrong / only / "
    "不支持 / 不合法 / 无效 / 错误 / 超出 / 必须 / 不正确 / 非法 / 最多 / 最大 / 仅支持 / 只支持"
)
BAD = statuses(400, 413, 422, 500, 502, 404, 200, 0, 503)


def _say(kind: Kind, *groups: str, never: tuple[str, ...] = (), nowhere: tuple[str, ...] = (), source: str = FACTS) -> Rule:
    return Rule(kind, source, words=words(*groups), never=never, nowhere=nowhere, statuses=BAD, confidence=0.85, family=FAMILY)


PARAMS: tuple[Rule, ...] = (
    Rule(Kind.UNSUPPORTED_QUALITY, FACTS, codes=names("quality"), field="param", confidence=0.95, family=FAMILY),
    Rule(
        Kind.UNSUPPORTED_SIZE,
        FACTS,
        codes=names("size width height aspect_ratio resolution image_size"),
        field="param",
        confidence=0.95,
        family=FAMILY,
    ),
    Rule(
        Kind.UNSUPPORTED_COUNT,
        FACTS,
        codes=names("n num_images batch_size sample_count number_of_images"),
        field="param",
        confidence=0.95,
        family=FAMILY,
    ),
    Rule(
        Kind.INVALID_REFERENCE_IMAGE,
        FACTS,
        codes=names("image image[] images mask image[0] image_url masked_image input_image input_images images[0] image_urls"),
        field="param",
        confidence=0.9,
        family=FAMILY,
    ),
    Rule(Kind.INVALID_MODEL, FACTS, codes=names("model"), field="param", confidence=0.9, family=FAMILY),
    Rule(
        Kind.UNSUPPORTED_OPTION,
        FACTS,
        codes=names(
            "background output_format output_compression response_format style moderation input_fidelity stream partial_images user seed "
            "complexity frame_count negative_prompt steps guidance_scale safety_identifier"
        ),
        field="param",
        confidence=0.9,
        family=FAMILY,
    ),
)
"""The error names the parameter itself."""

SENTENCES: tuple[Rule, ...] = (
    _say(
        Kind.PROMPT_TOO_LONG,
        "prompt / text / description / input context / context / characters / tokens / 提示词 / 输入 / 文本 / string / maxlength",
        "too long / maximum length / max length / maxlength / exceeds the maximum / exceeds maximum / exceed the limit of / "
        "no more than / at most / "
        "less than or equal to / longer than / length limit / max_length / maximum context / characters or less / 过长 / 太长 / "
        "超长 / 长度超 / 最长 / 字以内 / 字符以内 / 超过最大长度 / 超出长度",
        never=("image file", "pixels", "images per", "image dimensions", "video", "mb", "reference image", "width", "height"),
    ),
    _say(
        Kind.PROMPT_EMPTY,
        "prompt / 提示词 / description",
        "required / empty / missing / must not be blank / cannot be blank / not provided / 不能为空 / 为空 / 缺少 / 必填 / "
        "can't be blank / non-empty",
        never=("prompt_id", "image is required"),
    ),
    _say(
        Kind.INVALID_REFERENCE_IMAGE,
        "downloading / download / fetch / retrieve / load / 下载 / 获取",
        "image / file / url / (link) / media / picture / 图片 / 图像 / 文件",
        "fail / error / timeout / timed out / unable / cannot / could not / couldn't / status / invalid / 失败 / 无法 / 错误",
        never=("loading model",),
    ),
    _say(
        Kind.INVALID_REFERENCE_IMAGE,
        "invalid image / image file / input image / image input / uploaded image / your image / reference image / source image / "
        "image format / mask / mimetype / image data / "
        "image dimensions / image size is too / image is too / image too / provided image / the image / image could / image url / "
        "image_url / base64 / image upload / file 'image' / "
        "one of your images / image cannot be / decode image / decoding image / image decode / 参考图 / 图片格式 / 图片大小 / "
        "图片尺寸 / 图片 / 图像格式 / 蒙版",
        "invalid / unsupported / not supported / must be / corrupt / could not / cannot / can't / unable / failed / too large / "
        "exceed / too small / damaged / "
        "format must / less than / larger than / unreadable / not a valid / required / missing / mismatch / same size / broken / "
        "empty / 不支持 / 无效 / 过大 / 太大 / 损坏 / 失败 / 错误 / 格式 / 超过",
        never=(
            "image model",
            "this model",
            "image generation model",
            "size must",
            "number of image",
            "image size must",
            "generated image",
            "image_size",
            "response format",
            "image quota",
        ),
    ),
    _say(
        Kind.PAYLOAD_TOO_LARGE,
        "request entity too large / payload too large / body too large / request too large / content too large / "
        "request body is too / exceeds the maximum allowed size / body exceeded / 请求体过大",
    ),
    _say(
        Kind.UNSUPPORTED_COUNT,
        "number of images / num_images / n= / ' n ' /  n must /  n should / value of n / parameter n / 'n' / n has to / batch_size / "
        "batch size / too many reference images / too many images / num_outputs / sample_count / "
        "samplecount / numberofimages / images at a time / only one image / one image at / 生成数量 / 图片数量 / 生成张数 / 最多生成",
        never=("per minute", "number of images per", "pixels"),
    ),
    _say(
        Kind.UNSUPPORTED_QUALITY,
        "quality",
        WRONG,
        never=("image quality is too low", "size"),
    ),
    _say(
        Kind.UNSUPPORTED_QUALITY,
        "supported values are / must be one of / allowed values / should be",
        "'low', 'medium', 'high' / low, medium, high / 'standard' and 'hd' / 'standard', 'hd' / low/medium/high",
    ),
    _say(
        Kind.UNSUPPORTED_SIZE,
        "size / dimension / width / height / resolution / aspect ratio / aspect_ratio / aspectratio / pixels / 1024x1024 / "
        "1024*1024 / 尺寸 / 分辨率 / 宽高 / 比例 / サイズ / 크기",
        WRONG,
        never=(
            "batch",
            "file size",
            "payload",
            "request size",
            "body size",
            "image file",
            "input image",
            "video",
            "byte",
            "prompt",
            "page size",
            "mb",
        ),
    ),
    _say(
        Kind.UNSUPPORTED_OPTION,
        "background / transparent / output_format / output format / output_compression / response_format / response format / style / "
        "input_fidelity / input fidelity / stream / partial_images / "
        "seed / negative_prompt / moderation / steps / guidance / mask / store / output compression / webp / jpeg / "
        "safety_identifier / tool use / compression",
        WRONG,
    ),
    _say(
        Kind.UNSUPPORTED_OPTION,
        "unknown parameter / unrecognized parameter / unsupported parameter / unrecognized request argument / "
        "extra inputs are not permitted / extra fields not permitted / additional properties / unexpected keyword / "
        "argument not supported / unsupported value / parameter is not supported / parameters are not supported / "
        "does not support the parameter / unknown field / unsupported argument / unsupportedparamserror / "
        "not supported with / not supported by this / not supported for this / is not supported when / 不支持的参数 / 未知参数 / "
        "参数不支持",
        never=("model is not supported",),
    ),
)

MODEL: tuple[Rule, ...] = (
    Rule(
        Kind.INVALID_MODEL,
        FACTS,
        words=words(
            "model / deployment / 模型 / engine / checkpoint",
            "not found / does not exist / doesn't exist / not exist / unknown / unsupported / invalid / not supported / no longer / "
            "deprecated / decommissioned / retired / not a valid / "
            "isn't available / is not available / not recognized / unavailable model / no such model / could not be found / "
            "has been removed / shut down / not configured / not deployed / "
            "does not support image / doesn't support image / cannot be used / not an image model / 不存在 / 不支持 / 未找到 / "
            "无可用 / 未配置 / 已下线 / 找不到 / 无效",
        ),
        never=(
            "parameter",
            "this model does not support the",
            "background",
            "task not found",
            "modelerror",
            "api key",
            "temporarily",
            "capacity",
            "overloaded",
            "for this model",
            "by this model",
            "with this model",
            "value",
        ),
        confidence=0.85,
        family=FAMILY,
    ),
)
