"""Sentences about a value that was wrong: which one is decided by the name of the parameter or by what is said about it."""

from __future__ import annotations

from bot.domain.kinds import Kind
from bot.failures.rules.rule import Rule, names, statuses, words
from bot.failures.tokens import phrases

FACTS = "../shared/platform/failures.md 8-13; texts of OpenAI, Azure, Google, vLLM, FastAPI, pydantic"
FAMILY = "common"
WRONG = """
    invalid / not supported / unsupported / must be / not allowed / supported values / exceed / one of / not a valid /
    should be / not valid / out of range / not within / too large / too small / too big / at most / at least /
    unknown / unrecognized / unexpected value / unexpected parameter / not accepted / not available / too extreme /
    between / mismatch / _bad / wrong / _only / maximum value / not match / 不支持 / 不合法 / 无效 / 错误 / 超出 / 必须 / 不正确 / 非法 /
    最多 / 最大 / 仅支持 / 只支持
"""
BAD = statuses(400, 413, 422, 500, 502, 404, 200, 0, 503)


def _say(kind: Kind, *groups: str, never: str = "", confidence: float = 0.85) -> Rule:
    never_here = phrases(never) if never else ()
    return Rule(kind, FACTS, words=words(*groups), never=never_here, statuses=BAD, confidence=confidence, family=FAMILY)


def _param(kind: Kind, named: str) -> Rule:
    return Rule(kind, FACTS, codes=names(named), field="param", confidence=0.95, family=FAMILY)


PARAMS: tuple[Rule, ...] = (
    _param(Kind.UNSUPPORTED_QUALITY, "quality"),
    _param(Kind.UNSUPPORTED_SIZE, "size width height aspect_ratio resolution image_size"),
    _param(Kind.UNSUPPORTED_COUNT, "n num_images batch_size sample_count number_of_images"),
    _param(
        Kind.INVALID_REFERENCE_IMAGE,
        "image image[] images mask image[0] image_url masked_image input_image input_images images[0] image_urls",
    ),
    _param(
        Kind.UNSUPPORTED_OPTION,
        """background output_format output_compression response_format style moderation input_fidelity stream partial_images user seed
        complexity frame_count tool_choice modalities output_modalities negative_prompt steps guidance_scale safety_identifier""",
    ),
)
"""The error names the parameter itself."""

FETCHED: tuple[Rule, ...] = (
    _say(
        Kind.INVALID_REFERENCE_IMAGE,
        """unable to access / cannot access / could not access / not accessible / inaccessible / downloading / download / fetch /
        retrieve / _load_ / 下载 / 获取""",
        "image / file / url / (link) / media / picture / 图片 / 图像 / 文件",
        """fail / error / timeout / timed out / unable / cannot / could not / couldn't / status / invalid / not accessible /
        inaccessible / 失败 /"""
        "无法 / 错误",
        never="loading model / application / model",
    ),
)
"""The provider could not fetch a picture; a status named there belongs to the host of the picture."""

SENTENCES: tuple[Rule, ...] = (
    _say(
        Kind.UNSUPPORTED_OPTION,
        """unknown parameter / unknown name / unrecognized parameter / unsupported parameter / unrecognized request argument /
        extra inputs are not permitted / extra fields not permitted / additional properties / unexpected keyword /
        argument not supported / parameter is not supported / parameters are not supported / does not support the parameter /
        feature not supported / unknown field / unsupported argument / unsupportedparamserror / 不支持的参数 / 未知参数 / 参数不支持""",
        never="model is not supported / typeerror",
    ),
    _say(
        Kind.PROMPT_TOO_LONG,
        """prompt / _text / description / input context / input length / context / characters / tokens / 提示词 / 输入 / 文本 /
        string / maxlength""",
        """too long / maximum length / max length / maxlength / exceeds the maximum / exceeds maximum / exceed the limit of /
        no more than / at most / less than or equal to / cannot exceed / must not exceed / exceeds / longer than / length limit /
        max_length / range of input length / length should be / maximum context / characters or less / shorter than / 过长 / 太长 /
        不能超过 / 不得超过 / 超长 / 长度超 / 最长 / 字以内 / 字符以内 / 超过最大长度 / 超出长度""",
        never="""image file / pixels / images per / image dimensions / video / _mb / mib / reference image / width / height / _rate /
        per min / credit / quota / limit reached""",
    ),
    _say(
        Kind.PROMPT_EMPTY,
        "prompt / 提示词 / description",
        """required / empty / missing / must not be blank / cannot be blank / not provided / 不能为空 / 为空 / 缺少 / 必填 /
        can't be blank / non-empty / is blank""",
        never="prompt_id / image is required",
    ),
    _say(
        Kind.INVALID_REFERENCE_IMAGE,
        """invalid image / image file / input image / image input / uploaded image / your image / reference image / source image /
        image format / mask / mimetype / mime type / image data / image dimensions / image size is too / image is too / image too /
        provided image / the image / image could / image url / image_url / base64 / image upload / file 'image' /
        one of your images / moderate image / image exceeds / open image / opening image / file you uploaded / uploaded file /
        supported file / image cannot be / decode image / decoding image / image decode / image size exceeds /
        image resolution exceeds / no face / 参考图 / 图片格式 / 图片大小 / 上传的图片 / 上传图片 / 输入图片 / 图片文件 / 图片链接 /
        图片地址 / 图片解析 / 图片读取 / 图像格式 / 蒙版 / 底图 / 垫图""",
        """invalid / unsupported / not supported / must be / corrupt / could not / cannot / can't / unable / failed / too large /
        exceed / too small / too short / returned 4 / returned 5 / damaged / format must / less than / larger than / unreadable /
        not a valid / not valid / required / missing / mismatch / same size / same dimension / broken / empty / detected /
        not match / 不支持 / 无效 / 过大 / 太大 / 损坏 / 失败 / 错误 / 格式 / 超过""",
        never="""image model / this model / image generation model / size must / number of image / image size must / generated image /
        image_size / response format / backend / our proxy / image quota / generate the image / generating""",
    ),
    _say(
        Kind.PAYLOAD_TOO_LARGE,
        """request entity too large / payload too large / body too large / request too large / content too large / request body is too /
        exceeds the maximum allowed size / body exceeded / payload cannot be larger / 请求体过大""",
    ),
    _say(
        Kind.UNSUPPORTED_COUNT,
        """number of images / num_images / _n= / n=1 / n=2 / _n_ / 'n' / `n` / "n" / value of n / parameter n / n must be /
        batch_size / batch size / too many reference images / too many images / num_outputs / sample_count / samplecount /
        numberofimages / images at a time / only one image / one image at / images allowed / images per request / 生成数量 /
        图片数量 / 生成张数 / 最多生成""",
        never="per minute / number of images per / pixels / per min",
    ),
    Rule(
        Kind.UNSUPPORTED_SIZE,
        FACTS + ": a size is named and said to be wrong",
        words=words(
            """not supported / unsupported / not allowed / not available / invalid / must be / exceed / not a valid / can't be /
            cannot be / should be / multiple / divisible / none of / not one of / choose / try / 不支持 / 无效"""
        ),
        shapes=frozenset({"names_a_size"}),
        never=("image file", "input image", "reference image", "uploaded", "video", "mask", "'low'", "quality"),
        statuses=BAD,
        confidence=0.8,
        family=FAMILY,
    ),
    _say(Kind.UNSUPPORTED_QUALITY, "quality", WRONG, never="image quality is too low / size"),
    _say(
        Kind.UNSUPPORTED_QUALITY,
        "supported values are / must be one of / allowed values / should be / value must be",
        "'low', 'medium', 'high' / low, medium, high / 'standard' and 'hd' / 'standard', 'hd' / low/medium/high / 'low', 'medium' / "
        "'hd' or 'standard'",
    ),
    _say(
        Kind.UNSUPPORTED_SIZE,
        """size / dimension / width / height / resolution / aspect ratio / aspect_ratio / aspectratio / pixels / 1024x1024 / 1024*1024 /
        512x512 / 尺寸 / 分辨率 / 宽高 / 比例 / サイズ / 크기""",
        WRONG,
        never="""batch / file size / payload / request size / body size / image file / input image / video / byte / prompt / page size /
        _mb / mib / max size / maximum size / mask / asset""",
    ),
    _say(
        Kind.UNSUPPORTED_OPTION,
        """background / transparent / output_format / output format / output_compression / response_format / response format / style /
        input_fidelity / input fidelity / _stream / partial_images / seed / negative_prompt / moderation / _steps / guidance / store /
        output compression / webp / jpeg / safety_identifier / tool use / compression / unsupported value / not supported with /
        not supported by this / not supported for this / is not supported when""",
        WRONG + " / support / not supported",
        never="model is not supported / score / threshold / upload",
    ),
)

MODEL: tuple[Rule, ...] = (
    _param(Kind.INVALID_MODEL, "model"),
    Rule(
        Kind.INVALID_MODEL,
        FACTS,
        words=words(
            "model / deployment / 模型 / engine / checkpoint",
            """not found / does not exist / doesn't exist / not exist / unknown / unsupported / invalid / not supported / no longer /
            deprecated / decommissioned / retired / not a valid / isn't available / is not available / not recognized /
            unavailable model / no such model / could not be found / has been removed / shut down / not configured / not deployed /
            does not support image / doesn't support image / cannot be used / not an image model / not work with the specified model /
            unable to access model / not currently supported / price not set /
            不存在 / 不支持 / 未找到 / 无可用 / 未配置 / 已下线 / 找不到 / 无效""",
        ),
        never=phrases(
            """parameter / response / this model does not support the / background / task not found / modelerror / api key /
            temporarily / capacity / overloaded /
            背景 / 透明 / 参数 / 格式 / 尺寸 / 分辨率 / 比例 / for this model / by this model / with this model / value /
            the model could not"""
        ),
        confidence=0.85,
        family=FAMILY,
    ),
)
