"""Families of words, by meaning, in the languages that gateways answer in: what `grammar` and `verdicts` build their rules from.

Stems in the form of `plain.py`. English, Chinese, Japanese, Korean, German, Spanish, French, Portuguese, Italian, Russian.
"""

from __future__ import annotations

from bot.failures.plain import stems

# --- what a request consists of ---------------------------------------------------------------------------------------------------

PROMPT = stems("""
    what the image should / what the picture should / what to show / what you want / prompt / description / text_ / descriptive text /
    your text / the text / text field / input text / text input / wording / caption / creative brief / the brief / narrative /
    instructions / what to draw / what to paint / picture you want / describe / 提示词 / 提示語 / 描述 / 文本 / 文字内容 / 输入内容 /
    输入的文字 / 輸入 / 文案 / プロンプト / 説明文 / 入力文 / 入力された文 / 指示文 / テキスト / 프롬프트 / 문구 / 설명 / 텍스트 /
    beschreibung / eingabetext / eingegebene text / der text / ihr text / descripcion / el texto / su texto / texto / le texte /
    votre texte / descricao / descrizione / testo / описани / текст / запрос / промпт
""")
PICTURE = stems("""
    image / picture / photo / drawing / artwork / illustration / 图片 / 图像 / 照片 / 画像 / 写真 / 이미지 / 사진 / 그림 / bild / foto /
    imagen / imagem / imagens / immagin / изображени / картин / фото
""")
OWN_PICTURE = stems("""
    image 0 / image 1 / image 2 / image 3 / images 0 / bilddatei / photo / picture you / image you / picture is / picture and /
    your picture / your image / the picture / the image / this picture / this image / upload / attach / source picture / source image /
    source photo / input picture / input image / reference / file you / the file / your file / mask / image url / image file / init image /
    base64 / asset / media url / heic / gif_ / 上传 / 参考图 / 附件 / 原图 / 底图 / 垫图 / 图片 / 图像 / 照片 / 蒙版 / アップロード / 添付 /
    参照 / 画像 / 写真 / 업로드 / 첨부 / 참조 / hochgeladen / angehang / referenzbild / das bild / ihr bild / datei / foto / imagen /
    archivo / adjunt / image envoyee / image fournie / l image / fichier / piece jointe / imagem / arquivo / anexo / immagine /
    file caricat / allegat / изображени / файл / загруж
""")
SENT = stems("""
    upload / attach / you sent / you provided / your photo / your picture / your image / input picture / input image / input photo /
    source picture / source image / source photo / pre img / reference / photo you / the photo / this photo / provided picture /
    provided photo / photograph / selfie / asset / file you / image url / 上传 / 参考图 / 附件 / 原图 / 底图 / 垫图 / 输入图 /
    アップロード / 添付 / 参照 / 入力画像 / 元画像 / 업로드 / 첨부 / 참조 / hochgeladen / angehang / referenzbild / ihr foto / ihr bild /
    adjunt / subid / de referencia / fournie / envoye / jointe / televers / anexad / enviad / caricat / allegat / загруж / присланн / исходн
""")
MADE = stems("""
    blurred / picture we made / image we made / we made / candidates were / all candidates / every candidate / each candidate /
    the generated / generated visual / post generation / after rendering / made an image / made a picture / image was made /
    picture was made / result withheld / result was / result is / results were / 成图被 / was withheld / were withheld / generated image /
    generated picture / generated photo / generated result / generated content / was generated / were generated / finished / resulting /
    rendered image / rendered picture / image produced / output / the result / all results / result image / was drawn / was made /
    post img / created image / created picture / final image / final picture / after generation / generation result / 生成的图 / 生成结果 /
    结果图 / 输出 / 出图 / 生成された / 生成した / 作成された / 出力 / 결과 / 생성된 / 출력 / erzeugte / generierte / ergebnis / ausgabe /
    generada / resultado / resultante / salida / produite / generee / sortie / gerada / generata / risultat / сгенерированн / результат /
    созданн
""")
MODEL = stems("model / engine / deployment / checkpoint / 模型 / モデル / 모델 / modell / modelo / modele / modello / модел")
SIZE = stems("""
    too wide / too tall / wide_ / tall_ / wider / taller / edge_ / size / dimension / width / height / resolution / aspect / ratio_ /
    shape / pixel / megapixel / each side / long edge / short edge / longest side / square / 1k / 宽 / 高 / 尺寸 / 分辨率 / 比例 / 画幅 /
    像素 / 边长 / サイズ / 解像度 / 縦横比 / アスペクト / 幅 / 크기 / 해상도 / 비율 / grosse / auflosung / seitenverhaltnis / breite /
    hohe_ / tamano / dimensiones / resolucion / relacion de aspecto / ancho / taille / largeur / hauteur / tamanho / resolucao / dimensoes /
    largura / dimensioni / risoluzione / larghezza / размер / разрешени / ширин / высот / соотношени
""")
QUALITY = stems("""
    hd_ / quality / level of detail / detail level / 画质 / 质量 / 清晰度 / 品質 / 画質 / 품질 / 화질 / qualitat / calidad / qualite /
    qualidade / qualita / качеств
""")
COUNT = stems("""
    more images / more pictures / images than / pictures than / that many / so many images / too many images / too many pictures / 图片数 /
    张图 / number of images / number of pictures / number of results / num images / num outputs / number results / image count /
    picture count / how many / images per / pictures per / per request / per call / pictures at once / images at once / at a time /
    one image / one picture / single image / ten pictures / four pictures / more than one / batch size / sample count / pictures in one /
    images in one / 张数 / 数量 / 几张 / 一次最多 / 每次最多 / 一次只能 / 枚まで / 枚数 / 一度に / 장까지 / 개수 / 한 번에 / bilder pro /
    anzahl / pro anfrage / imagenes por / imagen por / numero de imagenes / por solicitud / cantidad / images par / image par /
    nombre d images / par requete / imagens por / imagem por / quantidade / immagini per / immagine per / numero di immagini / количеств /
    за раз / за запрос
""")
OPTION = stems("""
    webp output / output isn t / sampler / extra field / preset / parameter / param_ / option / field / setting / argument / flag_ /
    property / attribute / background / transparen / stream / seed / output format / response format / style / guidance / steps / lora /
    negative prompt / compression / watermark / language / 参数 / 字段 / 选项 / 背景 / 风格 / 格式参数 / 流式 / パラメータ / パラメーター /
    フィールド / オプション / 파라미터 / 매개변수 / 옵션 / 배경 / feld / einstellung / hintergrund / parametro / campo / opcion / ajuste /
    fondo / parametre / champ / reglage / arriere plan / opcao / opzione / sfondo / параметр / поле_ / опци / фон_
""")
KEY = stems("""
    api key / key / token / credential / secret / authorization / authentication / bearer / signature / sign in / log in / login /
    identify yourself / jwt / oauth / 密钥 / 令牌 / 密匙 / 签名 / 鉴权 / 认证失败 / キー / トークン / 認証 / 署名 / 키_ / 키가 / 키를 /
    인증 / 토큰 / schlussel / zugangsdaten / anmeld / clave / credencial / cle d api / cle api / votre cle / jeton / identifiant / chave /
    chiave / ключ / токен / учетн
""")
ACCOUNT = stems("""
    access_ / image access / account / organisation / organization / subscription / workspace / project / team_ / user_ / tenant /
    this key s / your access / access revoked / access to this / service to / 账号 / 账户 / 帐号 / 帐户 / 用户 / 组织 / 企业 / アカウント /
    組織 / ユーザー / 계정 / 조직 / 사용자 / konto / zugang / cuenta / organizacion / compte / conta_ / organizacao / organizzazione /
    аккаунт / учетная запись / организаци
""")
REGION = stems("""
    country / countries / region / territor / location / jurisdiction / geograph / geo_ / where you are / part of the world / your area /
    local law / 地区 / 国家 / 区域 / 所在地 / 地域 / お住まい / 国では / 지역 / 국가 / land_ / landern / pais_ / paises / ubicacion /
    pays_ / votre region / regiao / paese / regione / стран / регион / местоположени
""")
IDENTITY = stems("""
    identity / kyc / who they are / who you are / verify your organ / verify organ / organization must be verif / verified organ /
    organisation must be verif / prove / id check / business verif / company verif / real name / 实名 / 身份 / 企业认证 / 未认证企业 /
    本人確認 / 身元 / 本人認証 / 본인 / 신원 / 조직 인증 / identitat / organisation verif / verifizieren / identidad / verificar su /
    verificar la org / identite / organisation doit etre verif / verifier votre / identidade / verificar sua / identita / verificare /
    личност / подтвердите орган / верификац
""")
ROUTE = stems("""
    path / route / endpoint / url_ / uri_ / page / address / method / api_ / openapi / action / nothing lives / nothing here / 路径 / 路由 /
    接口 / 地址 / 页面 / パス / エンドポイント / url / ページ / 경로 / 엔드포인트 / 페이지 / pfad / seite / adresse / endpunkt / ruta /
    pagina / direccion / chemin / caminho / percorso / indirizzo / путь / адрес / страниц / маршрут
""")
TASK = stems("""
    task / job / prediction / generation / request id / result / render / 任务 / 作业 / タスク / ジョブ / 작업 / auftrag / aufgabe / tarea /
    trabajo / tache / travail / tarefa / attivita / задач / задани
""")

# --- what is said about it --------------------------------------------------------------------------------------------------------

UNKNOWN = stems("""
    unexpected model / unexpected engine / wrong model / wrong engine / no model / no engine / nicht vorhanden / 名称错误 / 名称有误 /
    名错误 / unknown choice / 没有这个 / 没有此 / 没有名为 / kein modell / keine seite / kein auftrag / kein solch / aucun modele /
    ningun modelo / nessun modello / nenhum modelo / not foun / can t find / cannot find / couldn t find / could not find / no such /
    there is no / does not exist / doesn t exist / don t exist / do not know / don t know / never heard / unknown / no record / not one of /
    not known / isn t known / no deployment / nothing called / carries that name / gone / retired / sunset / removed / out of service /
    discontinued / decommission / deprecated / shut down / withdrawn / not hosted / don t host / do not host / nothing lives / deleted /
    not recogni / wrong_ / missing from / no user / 不存在 / 找不到 / 未找到 / 查不到 / 查无 / 没有该 / 没有找到 / 下线 / 下架 / 停用 /
    未配置 / 尚未配置 / 已删除 / 未知 / 存在しません / 存在しない / 見つかりません / 見つからない / ありません / 廃止 / 不明 / 찾을 수 없 /
    존재하지 / 없습니다 / 알 수 없 / nicht gefunden / unbekannt / nicht bekannt / existiert nicht / gibt es nicht / kennen / no existe /
    no encontr / desconocid / no se encuentra / retirad / introuvable / n existe / inconnu / pas trouve / non trouve / nao existe /
    nao encontrad / desconhecid / non esiste / non trovat / sconosciut / не найден / не существует / неизвестн / нет такой / отсутству
""")
WRONG = stems("""
    out of bounds / out of / has no / no such / does not exist / doesn t exist / requires / require_ / needs_ / 不存在 / too_ / don t work /
    do not work / isn t possible / unavailable / ignored / extra / not propos / n est pas / no es / nao e / non e / ist nicht /
    nicht vorhanden / 不被允许 / 不允许 / use standard / cap_ / the cap / than / among / choose from / not in / outside / can t be /
    cannot be / isn t one / none of / 不在 / 范围 / 之外 / nicht moglich / ausserhalb / fuera de / hors / invalid / not valid /
    isn t valid / unsupported / not supported / isn t supported / not offer / isn t offer / not available / isn t available / must /
    has to / have to / need to be / should be / only / at most / maximum / max_ / limit / too high / too big / too large / too low /
    too small / too many / over the / more than / exceed / out of range / between / divisible / multiple / choose / pick one / one of /
    none of those / permitted / allowed / not a / isn t a / unexpected / unrecogni / not recogni / don t understand / do not understand /
    unknown / incompatible / can t be combined / cannot be combined / conflict / mixed / doesn t support / does not support / doesn t work /
    does not work / won t work / is off_ / not possible / illegal / bad_ / wrong_ / no longer / expected / got_ / mismatch / disabled /
    not enabled / drop the / not a thing / 不支持 / 无效 / 必须 / 只能 / 只支持 / 仅支持 / 最多 / 最大 / 不能超过 / 超过 / 超出 / 不合法 /
    倍数 / 非法 / 不正确 / 有误 / 错误 / 不认识 / 未知 / 无法识别 / 不可 / 请使用 / 不可混合 / 無効 / のみ / 正しく / まで /
    対応していません / サポートされ / 未対応 / 超え / 不正 / 認識でき / 지원하지 / 지원되지 / 잘못 / 유효하지 / 최대 / 이어야 / 초과 /
    알 수 없는 / ungultig / nicht unterstutz / hochstens / maximal / gibt es nicht / nicht gultig / muss / unbekannt / nicht erlaubt /
    nur_ / ubersteig / uberschreit / nicht verfugbar / no valid / no es valid / no admit / no soportad / no compatible / solo_ / maximo /
    debe / no permitid / supera / excede / no disponible / invalide / non valide / pas valide / pas pris en charge / non pris en charge /
    non reconnu / pas reconnu / depass / seule / au plus / doit / doivent / non autoris / pas disponible / nao suport / nao e valid /
    apenas / deve_ / non support / non valid / non e valid / недопустим / не поддерж / должн / неверн / максимум / только / превыш
""")
TOO_LONG = stems("""
    too long / longer than / shorten / too many tokens / too many words / too many characters / prompt length / token length /
    text is longer / exceeds the permitted number of / character limit / too wordy / 太长 / 过长 / 超长 / 字以内 / 字符以内 / 长度限制 /
    长度超 / 超过最大长度 / 字数 / 長すぎ / 文字以内 / 文字数 / 너무 깁 / 너무 길 / 글자 수 / 자를 초과 / zu lang / kurzen / zeichen /
    demasiado larg / muy larg / trop long / caracteres / caracter / muito long / troppo lung / caratteri / слишком длин / символ
""")
LENGTH = stems("""
    character / token / words_ / length / longer / 字_ / 字符 / 字数 / 字以内 / 文字 / 글자 / zeichen / worter / caracter / palabras /
    mots / caratteri / символ
""")
OVER = stems("""
    the most / most we / down to / or fewer / or less / fewer than / under_ / within / only / maximum / max_ / at most / limit / exceed /
    more than / no more than / over_ / between / up to / less than or equal / 最多 / 以内 / 不超过 / 超过 / 超出 / 上限 / 最大 / 以下 /
    초과 / 최대 / hochstens / maximal / maximo / supera / excede / depass / massimo / превыш / максимум
""")
EMPTY = stems("""
    at least one character / at least 1 character / too short / min length / minimum length / none is not / null_ / must say / must tell /
    have to say / say what / tell us / not an empty / non vide / needed / need a / needs a / necessary / must have / absent / 请提供 /
    必填 / benotigt / se necesita / necesario / necessaire / empty / blank / missing / required / not sent / wasn t sent /
    nothing was sent / didn t tell / did not tell / didn t say / no prompt / no description / no text / only spaces / only of spaces /
    whitespace / please describe / please enter / please provide / tell us what / without a prompt / without any / not given /
    not provided / not supplied / 不能为空 / 为空 / 空白 / 请填写 / 请输入 / 缺少 / 缺失 / 未填写 / 没有填写 / 未提供 / 入力してください /
    空です / 必須 / 指定されていません / 未入力 / 입력해 / 비어 / 필수 / 누락 / leer / fehlt / geben sie / erforderlich / falta /
    obligator / vaci / requerid / introduz / ingrese / escriba / manque / vide_ / obligatoire / saisi / requis / faltando / vazi /
    obrigator / informe / mancante / vuot / inserisc / пуст / обязател / введите / укажите / отсутствует
""")
MISSING = stems("""
    absent / needed / empty / 必须 / 必要 / no key / no api / no token / no cred / missing / blank / where is / not sent / wasn t sent /
    not provided / wasn t provided / did not provide / didn t provide / not given / not supplied / without / first_ / need an / need a /
    have to sign in / unable to locate / 没有 / 未携带 / 未提供 / 缺少 / 缺失 / 为空 / 指定されていません / ありません / 未設定 / 필요 /
    없습니다 / 누락 / kein / fehlt / falta / no se proporcion / no se ha / aucun / manqu / nao foi / nao fornec / mancan / nessun /
    отсутств / не указан / не передан / не предостав
""")
BAD_KEY = stems("""
    bad_ / not accepted / isn t accepted / check your key / 不通过 / 校验失败 / 不对 / 間違 / 틀 / invalid / not valid / isn t valid /
    incorrect / wrong / not one of / not recogni / don t recogni / do not recogni / unknown / expired / ran out / deleted / revoked /
    switched off / disabled / deactivated / inactive / typo / doesn t match / does not match / not match / mismatch / does not verify /
    doesn t verify / could not be verified / malformed / rejected / refused / failed / no user / no longer / compromised / leaked / 有误 /
    无效 / 错误 / 过期 / 失效 / 失败 / 不正确 / 不存在 / 禁用 / 被删除 / 停用 / 無効 / 正しくありません / 期限切れ / 失敗 / 不正 /
    유효하지 / 잘못 / 만료 / 올바르지 / ungultig / falsch / abgelaufen / gesperrt / no es valid / no valid / inval / caduc / expirad /
    vencid / revocad / invalide / expire / revoque / incorret / scadut / non valid / errat / неверн / недейств / истек / отозван
""")
DENIED = stems("""
    not allowed / isn t allowed / may not / no access / not have access / no permission / without permission / lacks / lack the / no right /
    not have the right / role / read only / allow list / allowlist / allow listed / whitelist / not authori / unauthori / forbidden /
    access denied / denied / not entitled / not cleared / reserved for / invit / enterprise customers / not include / isn t included /
    plan_ / tier / upgrade / request access / apply for access / gated / licen / accept the / agreed / agree / administrator / admin_ /
    must enable / not enabled / not activated / has not activated / waitlist / restricted to / scope / viewer / deny list / locked /
    suspended / conditional access / 权限 / 无权 / 未开通 / 未授权 / 尚未开通 / 没有权 / 不在允许 / 禁止访问 / 白名单 / 需要申请 / 審査 /
    権限 / 許可されて / 利用できません / 同意 / 권한 / 허용되지 않 / 접근 / berechtig / freischalt / freigeschaltet / nicht autoris /
    zugriff / verweigert / no tiene / permiso / no autorizad / acceso / denegad / aceptar / droit / autoris / acces / refus / accepter /
    permiss / acesso / nao autoriz / autorizz / accesso / доступ / прав_ / разрешени / не разреш
""")

# --- money, time and load ---------------------------------------------------------------------------------------------------------

MONEY = stems("""
    points / credits / pollen / neurons / kreds / euros / dollars / credit / balance / wallet / funds / money / prepaid / coins / points_ /
    gems / tokens left / you had / deposit / 余额 / 积分 / 点数 / 额度 / 钱 / 算力 / 次数 / クレジット / 残高 / ポイント / 크레딧 / 잔액 /
    잔고 / 포인트 / guthaben / saldo / credito / fondos / solde / fonds_ / creditos / fundos / fondi / баланс / средств / кредит
""")
NO_MONEY = stems("""
    don t have / do not have / no credits / costs / you own / only have / negative / keine / sin / sans / out of / ran out / run out /
    used up / used all / spent / exhaust / insufficient / not enough / isn t enough / don t have enough / gone / no more / none left /
    left / zero / 0_ / empty / doesn t cover / does not cover / not cover / add money / add funds / top up / too low / depleted / consumed /
    no remaining / need more / recharge / purchase / buy more / reload / not sufficient / 不足 / 不够 / 用光 / 用完 / 用尽 / 耗尽 / 没有 /
    充值 / 已满 / 足りません / 足りない / なくなり / ゼロ / 부족 / 소진 / 없습니다 / aufgebraucht / reicht nicht / nicht ausreich /
    erschopft / verbraucht / aufladen / agotad / insuficient / no le quedan / sin saldo / recarg / epuis / plus de / insuffisant / recharg /
    esgotad / acabar / esaurit / terminat / недостаточно / исчерпан / закончил / пополн
""")
ALLOWANCE = stems("""
    free generation / free credit / free call / free request / of your free / 免费额度 / 免费次数 / this month / for today / this week /
    today s / monthly allowance / daily allowance / allowance / free pictures / free images / free tier / free quota / free allocation /
    monthly quota / daily quota / whole quota / plan s quota / included images / trial / come back tomorrow / until tomorrow / daily limit /
    monthly limit / daily request limit / total request limit / per day / no pictures left / no images left / 今日 / 今天 / 当日 / 每日 /
    本月 / 免费 / 本日 / 今月 / 無料枠 / 오늘 / 이번 달 / 무료 / heute / diesen monat / tageslimit / kontingent / hoy_ / este mes / cuota /
    gratuit / aujourd hui / ce mois / quota_ / hoje / oggi / questo mese / на сегодня / в этом месяце / квот / бесплатн / лимит на день
""")
BILL = stems("""
    cap on spend / spend_ / spend cap / hard cap / non payment / nonpayment / subscription payment / 预算 / invoice / unpaid / payment /
    card on file / credit card / your card / past due / overdue / arrears / spending / budget / monthly cap / cap of / ceiling /
    expenditure / spend limit / account standing / settle your / 账单 / 欠费 / 消费上限 / 支付 / 付款 / 逾期 / 停机 / 支払 / 請求 / 料金 /
    予算 / 上限金額 / 利用上限 / 결제 / 청구 / 예산 / 지출 / rechnung / zahlung / ausgabenlimit / pago / factura / impag / presupuesto /
    limite de gasto / facture / paiement / impaye / depenses / pagamento / fatura / orcamento / fattura / spesa / оплат / счет / расход /
    платеж / бюджет
""")
BILL_TROUBLE = stems("""
    hold_ / on hold / expired / cancelled / reached / hit_ / exceed / declined / refused / failed / unpaid / not paid / open_ /
    outstanding / overdue / past due / paused / stopped / suspend / blocked / over_ / limit / 达到 / 超过 / 超出 / 欠费 / 停 / 失败 /
    未支付 / 逾期 / できない / 停止 / 超え / 達し / 失敗 / 未払い / 실패 / 초과 / 도달 / 정지 / 미납 / offen / erreicht / uberschritten /
    fehlgeschlagen / gesperrt / abgelehnt / pendiente / alcanz / super / rechaz / atteint / depass / refus / impaye / echou / pendente /
    ating / exced / recus / raggiunt / superat / sospes / rifiut / не оплач / превыш / достигнут / приостанов / отклонен / просроч
""")
RATE = stems("""
    too many request / too many calls / too quickly / too fast / too often / too frequent / slow down / easy there / hold on /
    one at a time / still in the works / another picture of yours / concurren / simultaneous / in parallel / already active /
    already running / jobs active / per minute / per second / min max / min_ max / 10 min / requests a minute / images a minute /
    pictures a minute / rate limit / rate exceed / throttl / qps / rpm_ / too much traffic / traffic from your / pause for / burst /
    request limit reached / limit exceeded / back off / frequency / 频率 / 频繁 / 太密集 / 太快 / 过快 / 太多请求 / 请求太 / 请求过 / 并发 /
    同时进行 / 限频 / 限流 / 每分钟 / 每秒 / 歇一会 / 稍歇 / 頻度 / リクエストが多 / リクエスト数 / 同時実行 / 短時間に / 너무 많은 /
    너무 자주 / 동시 / 요청이 많 / 속도 제한 / zu viele anfragen / zu viele / zu schnell / gleichzeitig / pro minute /
    demasiadas solicitudes / demasiadas peticiones / por minuto / simultane / demasiado rapido / trop de requetes / trop vite / trop rapid /
    par minute / muitas solicitac / muitas requisic / muitos pedidos / troppe richieste / al minuto / слишком много / слишком част /
    в минуту / одновременн
""")
LOAD = stems("""
    queue maxed / queue max / accounts exhausted / available accounts / unschedul / all accounts / all workers / all servers / all runners /
    all nodes / demand / at its limit / at their limit / no gpu / gpu available / 压力 / 压力过大 / 人太多 / 使用的人 / busy / overload /
    over capacity / out of capacity / at capacity / no capacity / swamped / saturated / crowded / all taken / all gpus / gpus in use /
    all in use / machines are all / workers are all / everyone is / heavy demand / high demand / high load / under load / high traffic /
    many users / too many users / give us a minute / being loaded / still loading / warming up / starting up / cold start / maintenance /
    scheduled downtime / queue is full / queue full / no workers / no free / backlog / no more data centers / 繁忙 / 忙不过来 / 太忙 /
    拥挤 / 人数过多 / 人数较多 / 负载 / 过载 / 排队 / 爆满 / 饱和 / 维护 / 扩容 / 资源不足 / 资源紧张 / 混雑 / 混み合 / アクセスが集中 /
    過負荷 / 高負荷 / メンテナンス / 혼잡 / 과부하 / 점검 / 바쁩 / 붐비 / ausgelastet / uberlastet / hohe auslastung / wartung / saturado /
    sobrecarg / ocupad / mantenimiento / alta demanda / surcharg / occupe / forte demande / sature / manutencao / sovraccaric / occupat /
    manutenzione / перегруж / занят / обслуживани / высокая нагрузка
""")
BROKEN = stems("""
    internal error / internal fault / internal problem / on us_ / our side / our end / our fault / our systems / our worker / crashed /
    crash / died / unexpected exception / exception_ / stack trace / traceback / bug_ / fault in / went wrong / something broke / panic /
    segfault / server error / server fault / unexpected error / unknown error / rpc / 内部错误 / 内部出错 / 程序出错 / 出错 / 出了点问题 /
    开小差 / 崩溃 / 系统异常 / 异常 / 故障 / 系统错误 / 服务错误 / 未知错误 / 生成失败 / エラーが発生 / 内部エラー / 障害 / 予期しない /
    오류가 발생 / 내부 오류 / 장애 / interner fehler / internen fehler / serverfehler / unerwartet / schiefgelaufen / error interno /
    error inesperado / algo salio mal / erreur interne / erreur inattendue / une erreur est survenue / erro interno / erro inesperado /
    errore interno / errore imprevisto / внутренняя ошибка / ошибка сервера / непредвиденн / сбой
""")
TOO_SLOW = stems("""
    took more than / took over / exceeded its time / exceeded the time / within its window / within the window / 等待结果 / 耗时太久 /
    太久 / took too long / taking too long / longer than we / longer than the allowed / no answer within / no response within /
    not respond in time / did not answer in time / didn t answer in time / time budget / time limit / time is up / timed out / timeout /
    time out / deadline / too slow / not finish in time / within the timeout / 超时 / 时间过长 / 耗时过长 / 等待太久 / 未在规定时间 /
    タイムアウト / 時間切れ / 時間がかかりすぎ / 時間内に / 시간 초과 / 시간이 초과 / 시간이 너무 / zeituberschreitung / zeitlimit /
    zu lange gedauert / zeit abgelaufen / tiempo de espera / se agoto el tiempo / tardo demasiado / delai d attente / delai depasse /
    delai imparti / trop de temps / tempo limite / tempo esgotado / tempo scaduto / время ожидания / истекло время / слишком долго /
    превышено время
""")
UPSTREAM = stems("""
    upstream / gateway / our proxy / behind us / origin / backend / back end / provider / vendor / 网关 / 后端 / 上游 / ゲートウェイ /
    バックエンド / 上流 / 게이트웨이 / 업스트림 / 백엔드 / hintergrunddienst / puerta de enlace / pasarela / passerelle / servidor ascend /
    шлюз / вышестоящ
""")
UNREACHED = stems("""
    gone / down_ / nonsense / garbage / could not talk / couldn t talk / cannot talk / unreachable / not reach / no answer / no response /
    not respond / didn t respond / did not respond / bad / broken / failed / error / invalid / refused / reset / closed / forward / lost /
    错误 / 没有响应 / 无响应 / 不可达 / 失败 / 异常 / 連絡 / 応答 / 不正 / エラー / 오류 / 응답 / fehlerhaft / nicht erreichbar /
    antwortet nicht / incorrect / no responde / inaccesible / incorrecte / injoignable / ne repond / erreur / недоступ / ошибк / не отвеча
""")
