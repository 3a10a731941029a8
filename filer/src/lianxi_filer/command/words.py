"""The command's own words. English is the key; Chinese is looked up; server texts arrive translated already."""

_ZH = {
    # progress steps
    "hash": "计算摘要",
    "send": "发送",
    "check": "检查",
    "queued": "排队",
    "submitted": "已提交",
    "processing": "核查中",
    "ingest": "读取",
    "reconcile": "对账",
    "recompute": "复算",
    # states
    "open": "已开启",
    "content_received": "已收到内容",
    "accepted": "已接受",
    "accepted_with_findings": "已接受，有发现问题",
    "returned": "已退回",
    "withdrawn": "已撤回",
    "pending": "待确认",
    "registered": "已备案",
    # sentences
    "Key made: {path}": "密钥已生成：{path}",
    "Public key: {key}": "公钥：{key}",
    "Key id: {key_id}": "密钥编号：{key_id}",
    "Keep the file safe and back it up: whoever has it can file in your name.": (
        "请妥善保管并备份该文件：持有者可以您的名义申报。"
    ),
    "Registered: platform {platform}, key {key_id}, state {state}": (
        "已登记：平台 {platform}，密钥 {key_id}，状态 {state}"
    ),
    "The authority must confirm the registration before you can file.": "主管机关确认登记后方可申报。",
    "row": "行",
    "field": "列",
    "what is wrong": "问题",
    "what to do": "处理办法",
    "file": "文件",
    "Rows: {rows}. Nothing to correct. Nothing was sent.": "共 {rows} 行，无需更正。未发送任何数据。",
    "Rows: {rows}. Problems: {count}. Nothing was sent.": "共 {rows} 行，{count} 个问题。未发送任何数据。",
    "… and more: only the first {limit} problems are listed (--limit).": (
        "……另有更多：只列出前 {limit} 个问题（--limit）。"
    ),
    "Supervisory rules are checked on the server after submission.": "监管规则在提交后由服务器核查。",
    "Filed: {id}": "已申报：{id}",
    "{template} {period}, revision {revision}: {state}": "{template} {period}，第 {revision} 版：{state}",
    "Receipt: {receipt}": "回执：{receipt}",
    "Findings: lianxi-filer findings {id}": "查看发现的问题：lianxi-filer findings {id}",
    "Rows that could not be read: lianxi-filer rejected {id}": "查看未能读取的行：lianxi-filer rejected {id}",
    "Correct the file, then: lianxi-filer resubmit {id} FILE": "更正后：lianxi-filer resubmit {id} FILE",
    "Rows: {total}, rejected {rejected}. Findings: {blocking} blocking, {major} major, {minor} minor.": (
        "共 {total} 行，退回 {rejected} 行。发现问题：阻断 {blocking}，重大 {major}，一般 {minor}。"
    ),
    "No filings yet.": "尚无申报。",
    "No findings.": "没有发现问题。",
    "Not decided yet: {state}": "尚未得出结果：{state}",
    "Written: {path}": "已写入：{path}",
    "The filing {id} stays open; continue with: lianxi-filer resubmit {id} FILE": (
        "申报 {id} 仍为开启状态，可继续：lianxi-filer resubmit {id} FILE"
    ),
    "Interrupted.": "已中断。",
    "Problem": "问题",
    "What to do": "处理办法",
    "Code": "代码",
    "Reference": "编号",
    "measured": "实测",
    "threshold": "限值",
    "legal basis": "依据",
    "rows": "行",
}

_ZH_PROBLEMS = {
    "filer.address": ("地址不正确", "请填写形如 https://host 的地址"),
    "filer.configuration": ("配置文件无法读取", "请更正或删除该文件"),
    "filer.contract": ("不是模板合同文件", "请用 lianxi-filer template 模板名 --out 文件 保存"),
    "filer.file_changed": ("发送过程中文件发生了变化", "请在文件写完后重新申报"),
    "filer.file_unreadable": ("文件无法读取", "请检查路径和权限"),
    "filer.insecure_address": ("除本机以外只能通过 https 申报", "请使用 https 地址"),
    "filer.key_exists": ("该路径已有文件，不会覆盖", "请换一个路径；丢失密钥须重新登记"),
    "filer.key_exposed": ("本机其他用户可以读取密钥文件", "请执行 chmod 600"),
    "filer.key_missing": ("没有密钥", "请先执行：lianxi-filer key make"),
    "filer.key_unreadable": ("文件中没有 Ed25519 私钥", "请用 lianxi-filer key make 生成密钥并登记"),
    "filer.no_address": ("未设置申报接口地址", "请使用 --url 或设置 LIANXI_FILER_URL"),
    "filer.not_checkable": ("Parquet 只能由服务器检查", "请检查 CSV 文件，或用 --wait 申报"),
    "filer.not_json": ("服务器的回答不是 JSON", "请核对地址是否为申报接口"),
    "filer.not_written": ("文件无法写入", "请检查路径和权限"),
    "filer.period": ("期间与模板不符", "月写作 2017-06，季写作 2017Q2，日写作 2017-06-30"),
    "filer.receipt_file": ("回执不是该文件的回执", "请与实际发送的文件比较"),
    "filer.receipt_key": ("回执由其他密钥签署", "请勿采信，并告知主管机关"),
    "filer.receipt_malformed": ("不是回执", "请重新获取"),
    "filer.receipt_signature": ("回执与签名不符", "请勿采信，并告知主管机关"),
    "filer.redirected": ("服务器要求转到其他地址；签名只对原地址有效", "确认可信后请直接使用新地址"),
    "filer.unexpected": ("服务器的回答不符合约定", "请核对地址是否为申报接口"),
    "filer.unreachable": ("服务器没有回答", "请检查地址和网络后重试；不会重复申报"),
    "filer.wait_timeout": ("等待超时，尚未得出结果", "请稍后执行：lianxi-filer status"),
}


def problem_texts(code: str, title: str, cure: str, language: str) -> tuple[str, str, str]:
    """Title, detail and cure of a problem found here; in Chinese the English title moves to the detail."""
    if language != "zh" or code not in _ZH_PROBLEMS:
        return title, "", cure
    return _ZH_PROBLEMS[code][0], title, _ZH_PROBLEMS[code][1]


def say(text: str, language: str, **values: object) -> str:
    """A text in "zh" or "en", filled in. A text that has no translation stays as it is."""
    found = _ZH.get(text, text) if language == "zh" else text
    return found.format(**values) if values else found
