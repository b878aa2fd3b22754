"""Facts and commitments of the report: each row against the text, and the text against the rows."""

import math
import re
from collections import defaultdict

from shared import rows_of

from lvliang.baseline.package import data_folder

DATA = data_folder()
TEXT = re.sub(r"\s", "", (DATA / "report/government_work_report_2021.txt").read_text("utf-8"))
MARKS = "，。；：！？、,—●"


def table(name: str) -> list[dict[str, str]]:
    return rows_of(DATA / f"report/{name}.csv")


FACTS, COMMITMENTS, EXCUSED = table("facts"), table("commitments"), table("not_figures")
ROWS = FACTS + COMMITMENTS


DIGITS = {**dict(zip("零一二三四五六七八九", range(10), strict=True)), "两": 2, "双": 2}
TENS = {"十": 10, "百": 100, "千": 1000}
SCALES = {"万": 10_000, "亿": 100_000_000}
SIGNS = "".join([*DIGITS, *TENS, *SCALES])
CHINESE = f"[{SIGNS}]+"
ARABIC = r"\d+(?:\.\d+)?"
WORDS = {  # words that are figures; shares in percent, ranks and minima as numbers
    "全覆盖": 100, "一半以上": 50, "倍增": 2, "清零": 0, "破零": 1, "唯一": 1, "最大": 1,
    "最具竞争力": 1,
}  # fmt: skip
NUMERAL = re.compile(
    rf"(?P<digits>{ARABIC})[百千万亿]*|(?P<words>[{SIGNS}〇半倍]+|全覆盖|最|首|[Ⅰ-Ⅻ]|(?<=劣)V)"
)


def numerals(text: str) -> list[tuple[int, int]]:
    """Place of every number in a text; a scale sign behind digits (万, 亿) belongs to them."""
    return [match.span(match.lastgroup or 0) for match in NUMERAL.finditer(text)]


def scale(words: str) -> int:
    """Factor of the scale signs at the start of ``words``."""
    signs = re.match(f"[{''.join(SCALES)}]*", words)[0]
    return math.prod(SCALES[sign] for sign in signs)


def chinese(words: str) -> int:
    """Value of a number in Chinese characters."""
    total = section = digit = 0
    for sign in words:
        if sign in DIGITS:
            digit = DIGITS[sign]
        elif sign in TENS:
            section, digit = section + (digit or 1) * TENS[sign], 0
        elif sign == "万":
            total, section, digit = total + (section + digit or 1) * 10_000, 0, 0
        else:
            total, section, digit = (total + section + digit or 1) * 100_000_000, 0, 0
    return total + section + digit


def parts(words: str) -> list[float]:
    """Numbers that ``words`` stands for: one, or as many as a composite figure has parts."""
    if words in WORDS:
        return [WORDS[words]]
    if match := re.fullmatch(rf"(\d+)×({ARABIC})", words):
        return [float(match[2])] * int(match[1])
    if re.fullmatch(rf"{ARABIC}(\+{ARABIC})+", words):
        return [float(part) for part in words.split("+")]
    if match := re.fullmatch(rf"({CHINESE})个({ARABIC})", words):
        return [float(match[2])] * chinese(match[1])
    if match := re.fullmatch(rf"(?:第|前|连续)?({CHINESE})[年次项件大]?", words):
        return [chinese(match[1])]
    if match := re.fullmatch(rf"({ARABIC})(\D*)", words):
        return [float(match[1]) * scale(match[2])]
    raise ValueError(f"{words!r} is no number")


def name(row: dict[str, str]) -> str:
    return row.get("figure_id") or row["commitment_id"]


def sentence(row: dict[str, str]) -> str:
    """The text from the start of the sentence to the end of the quote."""
    start = int(row["position"])
    return TEXT[TEXT.rfind("。", 0, start) + 1 : start + len(row["quote"])]


def quote_faults(row: dict[str, str]) -> list[str]:
    """A quote stands at its place and runs from punctuation mark to punctuation mark."""
    start, quote = int(row["position"]), row["quote"]
    end = start + len(quote)
    rules = {
        "stands at its place": TEXT[start:end] == quote,
        "stands once": TEXT.count(quote) == 1,
        "begins after a mark": start == 0 or TEXT[start - 1] in MARKS,
        "ends before a mark": end >= len(TEXT) or TEXT[end] in MARKS,
    }
    return [f"{name(row)}, {quote!r}: not {rule}" for rule, holds in rules.items() if not holds]


def test_every_quote_and_value_and_place_stands_in_the_text():
    faults = [fault for row in ROWS for fault in quote_faults(row) + value_faults(row)]
    for row in ROWS:
        faults += [name(row) for place in row["place"].split(";") if place not in sentence(row)]
    assert faults == []


def test_one_altered_digit_or_character_is_noticed():
    for row in ROWS:
        quote, value = row["quote"], row["value"]
        for changed in ("某" + quote[1:], quote[:-1], quote[:-1] + "某"):
            assert quote_faults(row | {"quote": changed}), name(row)
        assert quote_faults(row | {"position": str(int(row["position"]) + 1)}), name(row)
        if value:
            altered = value[:-1] + str((int(value[-1]) + 1) % 10)
            assert value_faults(row | {"value": altered}), name(row)


# a unit that does not stand right after the number, by the words that carry the number
UNITS_UNSAID = {
    "59": "万人", "5522": "人", "千亿": "亿元", "全覆盖": "%", "一半以上": "%", "清零": "例",
    "倍增": "倍", "唯一": "个", "五大": "类", "最大": "位", "最具竞争力": "位",
}  # fmt: skip
# how many rows a composite becomes, and of what value
COMPOSITES = {
    "2×35": [70], "6+6": [12], "2×10": [20], "两个50": [100], "三个100": [100, 100, 100],
}  # fmt: skip
BOTH_FELL = "双下降"  # two statements without a size


def number_place(row: dict[str, str]) -> int:
    """Offset in the text of the characters that carry the value; they stand there once."""
    words = row["quote_number"]
    whole = rf"(?<![\d.]){re.escape(words)}" + (r"(?!\.?\d)" if words[-1].isdigit() else "")
    found = [m.start() for m in re.finditer(whole, row["quote"])]
    assert len(found) == 1, f"{name(row)}: {words!r} {len(found)} times in the quote"
    return int(row["position"]) + found[0]


def value_faults(row: dict[str, str]) -> list[str]:
    words, value, unit = row["quote_number"], row["value"], row["unit"]
    if not words or words == BOTH_FELL:
        return [f"{name(row)}: {value} has no words"] if value else []
    after = TEXT[number_place(row) + len(words) : int(row["position"]) + len(row["quote"])]
    if words in COMPOSITES:
        legal = COMPOSITES[words]
    else:
        scaled = scale(after) if words[-1].isdigit() else 1
        legal = [part * scaled / scale(unit) for part in parts(words)]
    faults = []
    if not value or len(set(legal)) != 1 or abs(float(value) - legal[0]) > 1e-9:
        faults.append(f"{name(row)}: {value!r} {unit} is not {words!r} of {row['quote']!r}")
    said = after.startswith((unit, f"个{unit}"))
    if not (said or words.endswith(unit) or unit_unsaid(words, unit)):
        faults.append(f"{name(row)}: {unit!r} is not the unit of {words!r} in {row['quote']!r}")
    return faults


def unit_unsaid(words: str, unit: str) -> bool:
    if words[0] in "第前":
        return unit == "位"
    return unit in ("个", "家") if words == "破零" else UNITS_UNSAID.get(words) == unit


def test_composite_figures_become_as_many_rows_as_they_mean_and_say_how_they_are_read():
    found = defaultdict(list)
    for row in ROWS:
        words = row["quote_number"]
        if words == BOTH_FELL or (words and len(parts(words)) > 1):
            assert row.get("reading_zh") or row.get("note"), name(row)
            found[words].append(row["value"] and float(row["value"]))
    assert found == COMPOSITES | {BOTH_FELL: ["", ""]}
    for words, values in COMPOSITES.items():
        assert values in (parts(words), [sum(parts(words))])


def test_a_row_without_a_value_is_a_milestone_or_says_why_and_a_base_is_a_fact():
    known = {(r["indicator_zh"], r["year"], r["unit"]): r["value"] for r in FACTS}
    bases = {"全市优良水体比例": "Ⅲ类水体比例"}
    for row in ROWS:
        if row["type"] == "milestone":
            assert (row["value"], row["unit"], row["quote_number"]) == ("", "", ""), name(row)
        else:
            assert row["unit"], name(row)
            assert row["value"] or row.get("note") or row.get("reading_en"), name(row)
        if row["base_value"] or row["base_year"]:
            indicator = bases.get(row["indicator_zh"], row["indicator_zh"])
            key = (indicator, row["base_year"], row["unit"])
            assert known.get(key) == row["base_value"], f"{name(row)}: {key}"
    assert [name(r) for r in FACTS if r["status"] == "inferred" and not r["note"]] == []
    assert [name(r) for r in COMMITMENTS if bool(r["reading_zh"]) != bool(r["reading_en"])] == []


def test_facts_hold_the_baseline_and_commitments_the_eleven_main_expected_targets():
    facts = {row["figure_id"]: row for row in FACTS}
    for old in table("baseline"):
        new = facts[old["figure_id"]]
        same = ["year", "period", "value", "unit", "status", "quote", "position"]
        assert {k: new[k] for k in same} == {k: old[k] for k in same}
        assert new["work_area"] == old["section"]
    main = {r["commitment_id"]: r for r in COMMITMENTS if r["work_area"] == "主要预期目标"}
    operators = {"at_least": ">=", "at_most": "<=", "equal": "="}
    targets = [row for row in table("targets") if row["group"] == "2021_main"]
    for target in targets:
        row = main.pop(target["target_id"])
        same = ["value", "unit", "quote", "position", "nature", "type"]
        assert {k: row[k] for k in same} == {k: target[k] for k in same}
        assert operators[row["direction"]] == target["operator"]
        assert row["deadline_from"] == target["first_year"]
        assert row["deadline_to"] == target["last_year"]
    assert len(targets) == sum(row["nature"] == "预期性" for row in COMMITMENTS) == 11
    assert list(main) == ["binding_tasks_2021"]
    assert "约束性" not in {row["nature"] for row in COMMITMENTS}


DEADLINES = {
    "今年": ("2021", "2021"), "年内": ("2021", "2021"), "明年": ("2022", "2022"),
    "上半年": ("2021-06-30", "2021-06-30"), "下半年": ("2021-12-31", "2021-12-31"),
    "7月底前": ("2021-07-31", "2021-07-31"), "7月1日起": ("2021-07-01", "2021-07-01"),
    "2—3年": ("2022", "2023"), "三到五年": ("2023", "2025"), "五年内": ("2025", "2026"),
    "未来五年": ("2025", "2025"), "今后五年": ("2025", "2025"),
    "“十四五”时期": ("2025", "2025"), "“十四五”末": ("2025", "2025"), "早日": ("", ""),
}  # fmt: skip


def test_deadlines_are_what_the_words_say_and_every_word_of_one_is_in_a_row():
    for row in COMMITMENTS:
        words, dates = row["deadline_words"], (row["deadline_from"], row["deadline_to"])
        assert words in sentence(row), name(row)
        open_ended = row["stage"] == "推进" or row["commitment"] == "打造"
        plain = ("", "") if open_ended else ("2021", "2021")
        assert dates == (DEADLINES[words] if words else plain), name(row)
    words = "|".join(word for word in DEADLINES if word not in ("今年", "“十四五”时期"))
    used = [span for row in COMMITMENTS for span in deadline_span(row)]
    for match in re.finditer(words, TEXT):
        start, end = match.span()
        assert any(a <= start and end <= b for a, b in used), TEXT[start - 15 : end + 15]


def deadline_span(row: dict[str, str]) -> list[tuple[int, int]]:
    words = row.get("deadline_words")
    if not words:
        return []
    end = int(row["position"]) + len(row["quote"])
    start = TEXT.index(words, end - len(sentence(row)), end)
    return [(start, start + len(words))]


STRENGTH = {"确保": "确保", "力争/争取": "力争|争取|争创", "打造": "打造"}


def test_strength_direction_and_stage_are_those_of_the_words_and_a_start_is_no_completion():
    for row in COMMITMENTS:
        quote, strength, stage = row["quote"], row["commitment"], STAGE_WORDS.get(row["stage"])
        if strength != "plain":
            assert re.search(STRENGTH[strength], sentence(row)), name(row)
        assert {s for s in STRENGTH if re.search(STRENGTH[s], quote)} <= {strength}, name(row)

        assert (row["direction"] == "at_most") == ("以内" in quote), name(row)
        assert (row["direction"] == "none") == (not row["value"]), name(row)
        if row["value"] and re.search(f"{row['quote_number']}[^、]{{0,4}}以上", quote):
            assert row["direction"] == "at_least", name(row)

        if stage and name(row) != "good_water_share":  # held by its base
            assert re.search(stage, quote), f"{name(row)}: {row['stage']}"
        if re.search("开工|启动|立项|筹建", quote):
            assert row["stage"] in ("准备", "立项", "开工"), name(row)


STAGE_WORDS = {
    "准备": "启动.*创建|启动编制|启动.*规划|筹建|谋划|规划|筹划|前期|申报",
    "立项": "立项|落地|列入",
    "开工": "开工|启动",
    "建成投产": "建成|投产|投用|投运|通车|开行|完工|投入使用|完成|形成",
    "保持": "保持|巩固|稳定|不低于|坚守",
}


def excused_spans(row: dict[str, str]) -> list[tuple[int, int]]:
    inside = row["quote_context"].index(row["number"])
    starts = [m.start() + inside for m in re.finditer(re.escape(row["quote_context"]), TEXT)]
    return [(start, start + len(row["number"])) for start in starts]


def number_span(row: dict[str, str]) -> list[tuple[int, int]]:
    if not row["quote_number"]:
        return []
    start = number_place(row)
    return [(start, start + len(row["quote_number"]))]


def carriers() -> dict[tuple[int, int], set[str]]:
    """Who carries each number of the text: places of figures, deadlines, excused snippets."""
    spans = [(span, f"figure at {span}") for row in ROWS for span in number_span(row)]
    spans += [(span, f"deadline at {span}") for row in COMMITMENTS for span in deadline_span(row)]
    spans += [(span, row["quote_context"]) for row in EXCUSED for span in excused_spans(row)]
    return {
        (start, end): {who for (a, b), who in spans if a <= start and end <= b}
        for start, end in numerals(TEXT)
    }


def test_every_number_has_one_carrier_and_each_carrier_a_number():
    """No number is left over, no figure is also excused, and no excuse or figure is idle."""
    found = carriers()
    faults = {TEXT[a - 8 : b + 8]: who for (a, b), who in found.items() if len(who) != 1}
    assert faults == {}
    busy = set().union(*found.values())
    idle = {f"figure at {span}" for row in ROWS for span in number_span(row)} - busy
    assert idle | {row["quote_context"] for row in EXCUSED} - busy == set()
    for row in EXCUSED:
        context, number = row["quote_context"], row["number"]
        assert TEXT.find(context) == int(row["position"]), context
        assert TEXT.count(context) == int(row["occurrences"]), context
        assert context.count(number) == 1 and len(context) > len(number), context
