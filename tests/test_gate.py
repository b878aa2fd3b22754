"""Each kind of fault is found, said in one sentence, and not seen where there is none."""

import json

import nbformat.v4 as v4
import pytest

from lvliang.site import gate
from lvliang.site.gate import (
    POLICY,
    TRACEBACK,
    check_links,
    faults_of_files,
    faults_of_notebook,
    faults_of_page,
    visible_text,
)

META = f"<meta charset='utf-8'><meta http-equiv='Content-Security-Policy' content=\"{POLICY}\">"


def page(body: str, head: str = "") -> str:
    head = f"{META}<title>T</title>{head}"
    return f'<!DOCTYPE html><html lang="zh-CN"><head>{head}</head><body>{body}</body></html>'


def notebook(*outputs):
    return v4.new_notebook(
        cells=[v4.new_markdown_cell("# 题"), v4.new_code_cell(outputs=list(outputs))]
    )


CLEAN = page(
    "<h1>吕梁市</h1><a href='https://www.stats.gov.cn/home/a'>国家统计局</a>"
    "<a href='en.html'>en</a>"
    "<img src='data:image/png;base64,AA' alt='图'>"
    "<svg role='img' aria-label='图'><svg></svg><use xlink:href='#a'/>"
    "<g style='clip-path: url(#b)'></g><metadata>✗</metadata></svg>"
    "<p>可能性较小</p><p>不</p><p>可能</p><p>实现概率约70%</p><style>.failed {}</style>"
    "<svg aria-hidden='true'></svg><!-- ✗ <script> --><p>亿元/万人，2021/home 8%</p>"
    "<img src='data:image/png;base64,AA+/tmp/A\n/Ab/C' alt='图'><p>万元/km2/year</p>"
    r"<math alttext='\frac{a}{b}\\beta\gamma'></math>"
    "<style>ul {list-style: '–' url('data:,')} .a {background: image-set('data:,' 1x)}</style>"
    "<p><math alttext='x'><mi>x</mi><mspace width='1em' /><mo>&lt;</mo></math></p>",
    "<link rel='alternate' href='feed.json'>"
    "<title>✗</title><style>@font-face {src: url('data:font/woff2;base64,AA')}</style>",
)


def test_clean_page_has_no_fault():
    assert faults_of_page(CLEAN) == []
    assert visible_text(CLEAN).startswith("吕梁市国家统计局")
    assert "✗" not in visible_text(CLEAN)
    assert "font-face" not in visible_text(CLEAN)


OF_ITS_OWN = "An <img> is a file of its own, which no reader is shown, under “题”."
NO_ALT = "An <img> has no text alternative, under “题”."
NO_NAME = 'An <svg> has no role="img" with an aria-label or <title>, under “题”.'
FORBIDDEN = "No page may say “必然”, as in “必然”, under “题”."
BODIES = {
    "<meta http-equiv='refresh' content='0'>": "A page must have no second http-equiv, under “题”.",
    "<img src='a.png' alt='a'>": OF_ITS_OWN,
    "<img src='//x.cn/a' alt='a'>": OF_ITS_OWN,
    "<area href='#a'>": "A drawn <area> has no text alternative, under “题”.",
    "<canvas></canvas>": "A drawn <canvas> has no text alternative, under “题”.",
    "<input type='image'>": "A drawn <input> has no text alternative, under “题”.",
    "<span role='img'>x</span>": 'A <span> of role="img" has no aria-label, under “题”.',
    "<img src='data:,'>": NO_ALT,
    "<img src='data:,' alt=' '>": NO_ALT,
    "<svg aria-label='a'></svg>": NO_NAME,
    "<svg role='img'></svg>": NO_NAME,
    "<svg role='img' aria-label=' '></svg>": NO_NAME,
    "<svg role='img'><title> </title></svg>": NO_NAME,
    "<svg role='img'><g><title>a</title></g></svg>": NO_NAME,
    "<p>判断 ✗</p>": "The font lacks “✗” (U+2717), under “题”.",
    "<pre>Traceback (most recent call last):</pre>": "The page shows a traceback, under “题”.",
    "<p>总产值基本不<b>可能</b>翻番</p>":
        "No page may say “不可能”, as in “总产值基本不可能翻番”, under “题”.",
    "<p>It failed, and failed.</p>":
        "No page may say “failed”, as in “It failed, and failed.”, under “题”.",
    "<p>达标概率72.3%</p>": "No page may say “达标概率”, as in “达标概率72.3%”, under “题”.",
    "<img src='data:,' alt='必然'>": FORBIDDEN,
    "<math alttext='必然'></math>": FORBIDDEN,
    "<svg role='img'><title>必然</title></svg>": FORBIDDEN,
}  # fmt: skip
DEAD = [
    "script", "form", "iframe", "frame", "object", "embed", "base", "link",
    "video", "audio", "source",
]  # fmt: skip
BODIES |= {
    f"{before}<{tag} href='//x.cn'>":
        f"A page must have no <{tag}>, of which a reader gets nothing, under “题”."
    for before, tag in [*(("", tag) for tag in DEAD), ("<svg aria-hidden='true'>", "image")]
}  # fmt: skip
PATHS = {
    "<p>{}</p>": ["/home/a/数据.csv", "C:/Users/a.csv", r"\\统计局\共享\a", r"\\host\share\a",
                  "/nix/store/a"],
    "<a href='{}'>a</a>": ["file:///tmp/a", "FILE:///a/b"],
    "<p>见 {}</p>": [r"C:\数据\a.csv"],
    "<p>见{}</p>": ["~/数据/a.csv", "/srv/a.csv", "/home/a.csv"],
    "<p>source:{}</p>": ["/srv/a/b.csv"],
    "<p title='{}'>a</p>": ["/private/tmp/a"],
    "<svg role='img'><title>图</title><desc>{}</desc></svg>": ["/home/a/b.csv"],
}  # fmt: skip
BODIES |= {
    shown.format(path): f"The page shows the local path {path}, under “题”."
    for shown, paths in PATHS.items()
    for path in paths
}


@pytest.mark.parametrize(("body", "fault"), BODIES.items())
def test_fault_of_a_page_is_found_once(body, fault):
    assert faults_of_page(page(f"<h1>题</h1>{body}")) == [fault]


@pytest.mark.parametrize(
    "head",
    [
        "<meta charset='utf-8'>",
        META.replace("img-src data:", "img-src *"),
        META.replace("Content-Security-Policy", "refresh"),
        META.replace("<meta http", "<style>p {}</style><meta http"),
    ],
)
def test_page_that_does_not_begin_with_its_policy(head):
    faults = faults_of_page(page("<h1>题</h1>").replace(META, head))
    assert faults[0] == "The page does not begin with its own Content-Security-Policy."


@pytest.mark.parametrize("title", ["", "<title></title>", "<title> </title>"])
def test_page_without_title_or_language(title):
    html = page("<h1>题</h1>").replace("<title>T</title>", title).replace(' lang="zh-CN"', "")
    told = ["The <html> element has no lang.", "The page has no <title>."]
    assert faults_of_page(html) == told


def test_size_is_counted_in_bytes(monkeypatch):
    html = page("吕梁")
    size = len(html) + 4
    monkeypatch.setattr(gate, "MOST_BYTES", size)
    assert faults_of_page(html) == []
    monkeypatch.setattr(gate, "MOST_BYTES", size - 1)
    assert faults_of_page(html) == [
        f"The page has {size} bytes, and at most {size - 1} are allowed."
    ]


def test_what_is_printed_shows_no_path():
    """Every other fault of a notebook is in the tests of refusals."""
    printed = v4.new_output("stream", name="stdout", text="read /home/a/b.csv")
    assert faults_of_notebook(notebook(printed)) == ["Cell 2 shows the local path /home/a/b.csv."]


def test_clean_notebook_has_no_fault():
    outputs = [
        v4.new_output("stream", name="stdout", text="吕梁市 8%"),
        v4.new_output("display_data", {"text/html": "<p>亿元/万人</p>", "application/json": {}}),
    ]
    assert faults_of_notebook(notebook(*outputs)) == []


def test_check_links(tmp_path):
    (tmp_path / "zh").mkdir()
    (tmp_path / "zh" / "index.html").write_text(
        "<h2 id='表 1'>表</h2><a href='../index.html'>ok</a><a href='https://x.cn/a'>ok</a>"
        "<a href='#'>ok</a><a href='#%E8%A1%A8%201'>ok</a><a href='mailto:a@b.cn'>ok</a>"
        "<a href='#no'>no</a><a href='../../out.html'>no</a><a href='/index.html'>no</a>",
        "utf-8",
    )
    (tmp_path / "概况.html").write_text("<p>no link</p>", "utf-8")
    (tmp_path / "index.html").write_text(
        "<link rel='alternate' href='feed.json'><a href='%E6%A6%82%E5%86%B5.html'>ok</a>"
        "<a href='zh/'>ok</a><a href='zh/index.html#表 1'>ok</a>"
        "<a href='gone.html'>no</a><a href='gone.html'>no</a><a href='zh/index.html#x'>no</a>",
        "utf-8",
    )
    assert check_links(tmp_path) == [
        "index.html links to feed.json, which does not exist.",
        "index.html links to gone.html, which does not exist.",
        "index.html links to zh/index.html#x, which has no anchor #x.",
        "zh/index.html links to #no, which has no anchor #no.",
        "zh/index.html links to ../../out.html, which is outside the folder.",
        "zh/index.html links to /index.html, which is outside the folder.",
    ]


def test_feeds_and_data_files_are_held_to_the_same_words_and_paths(tmp_path):
    (tmp_path / "data").mkdir()
    rows = f'\ufeff名,数\n必然,1\n"a ""/home/a/b""",2\n实现概率,72.3%\n{TRACEBACK},3\n'
    (tmp_path / "data" / "a.csv").write_text(rows, "utf-8")
    items = [{"content_text": r"\\host\share"}, {"content_text": "吕梁市\nIt failed"}]
    feed = json.dumps({"version": "https://x.cn/a/1.1", "items": items, "size": 1})
    (tmp_path / "feed.json").write_text(feed, "utf-8")
    (tmp_path / "index.html").write_text("<p>必然</p>", "utf-8")
    assert faults_of_files(tmp_path) == [
        "data/a.csv may not say “必然”, as in “必然”.",
        "data/a.csv shows the local path /home/a/b.",
        "data/a.csv shows a traceback.",
        r"feed.json shows the local path \\host\share.",
        "feed.json may not say “failed”, as in “吕梁市\nIt failed”.",
    ]
