"""The words and signs by which levels are known to have an order: scales, grades, what is counted in steps."""

import re


def _scale(text: str) -> dict[str, int]:
    """The places of words in a row from the least to the greatest; a | parts words of one place."""
    return {word.strip(): place for place, words in enumerate(text.split(",")) for word in words.split("|")}


SCALES: tuple[dict[str, int], ...] = tuple(
    _scale(text)
    for text in (
        "none|no|zero, extremely low|lowest, very low|verylow, low|lo, medium low|moderately low, medium|mid|med|"
        "middle|moderate|average|normal|avg, medium high|moderately high, high|hi, very high|veryhigh, "
        "extremely high|highest|extreme, critical|urgent|emergency",
        "none|no, minimal|trace|slight, mild|light|minor, moderate|medium, severe|serious|heavy|major, "
        "very severe|critical, fatal",
        "xxxs|3xs, xxs|2xs, xs, s, m, l, xl, xxl|2xl, xxxl|3xl, xxxxl|4xl",
        "very small|tiny|extra small|xsmall|x-small, small, medium|mid|regular|normal, large|big, very large|"
        "extra large|xlarge|extra-large|x-large|huge, giant|xx-large|xxlarge",
        "very poor|awful|terrible, poor|bad|po, below average, fair|fa|okay|ok|mediocre, average|typical|ta|"
        "satisfactory, above average, good|gd, very good|great, excellent|ex|outstanding, perfect",
        "very bad, bad, neutral|ok|so-so, good, very good",
        "sd, d, n|u, a, sa",
        "strongly disagree|completely disagree|totally disagree, disagree, somewhat disagree|slightly disagree,"
        "neutral|neither agree nor disagree|undecided|neither|not sure, somewhat agree|slightly agree, agree,"
        "strongly agree|completely agree|totally agree",
        "very dissatisfied|very unsatisfied, dissatisfied|unsatisfied, somewhat dissatisfied,"
        "neutral|neither satisfied nor dissatisfied, somewhat satisfied, satisfied, very satisfied",
        "very unlikely, unlikely, neutral|possible, likely|probable, very likely, certain",
        "never, almost never|hardly ever, rarely|seldom, occasionally, sometimes, often|frequently|usually,"
        "very often|almost always, always|constantly",
        "daily, weekly, biweekly|fortnightly, monthly, quarterly, half-yearly|semiannually, yearly|annually|annual, "
        "never",
        "primary, secondary, tertiary|university|higher|higher education, quaternary",
        "no schooling|none, preschool|kindergarten, 1st-4th, primary school|elementary|elementary school|primary|"
        "5th-6th, middle school|junior high|7th-8th, 9th, 10th, 11th, 12th, high school|hs-grad|highschool|secondary|"
        "high school graduate, some college|some-college|college, vocational|assoc-voc, associate|associates|"
        "assoc-acdm|associate degree|associate's degree, bachelor|bachelors|bachelor's|bachelor degree|"
        "bachelor's degree|graduate|undergraduate, master|masters|master's|master's degree|postgraduate|"
        "graduate school|graduate degree, prof-school, phd|doctorate|doctoral|ph.d.",
        "bronze, silver, gold, platinum, diamond",
        "freezing, cold, cool, mild, warm, hot",
        "infant|baby, toddler, child|kid, teen|teenager|adolescent|youth, young adult, adult, middle-aged, "
        "senior|elderly|old",
        "intern|trainee, entry|entry-level|junior, mid|mid-level|intermediate, senior, lead|principal|staff",
        "novice|beginner|basic, elementary, intermediate, upper intermediate, advanced, expert|master",
        "first, second, third, fourth, fifth, sixth, seventh, eighth, ninth, tenth",
        "i, ii, iii, iv, v, vi, vii, viii, ix, x",
        "stage i, stage ii, stage iii, stage iv",
        "极低, 很低|非常低, 低|较低|偏低, 中|中等|一般|正常|适中, 较高|偏高, 高, 很高|非常高, 极高",
        "无, 轻|轻度|轻微, 中|中度, 重|重度|严重, 极重|危重|非常严重",
        "很小|特小, 小|小型, 中|中型, 大|大型, 很大|特大|超大",
        "很差|非常差, 差|较差, 一般|中|中等, 好|较好|良|良好, 很好|非常好|优|优秀",
        "不及格|不合格, 及格|合格, 中|中等, 良|良好, 优|优秀",
        "非常不同意|完全不同意, 不同意, 不太同意|比较不同意, 一般|中立|不确定, "
        "比较同意|基本同意, 同意, 非常同意|完全同意",
        "非常不满意|很不满意, 不满意, 不太满意|比较不满意|较不满意, 一般|中立, "
        "比较满意|较满意|基本满意, 满意, 非常满意|很满意",
        "从不|从来不, 很少|偶尔, 有时|有时候, 经常|常常, 总是|一直",
        "文盲|未上学, 小学, 初中, 高中|中专|技校|职高, 大专|专科|大学专科, 本科|大学|学士|大学本科, "
        "硕士|研究生|硕士研究生, 博士|博士研究生",
        "幼儿|儿童, 少年, 青年, 中年, 老年",
        "五线, 四线, 三线, 二线, 新一线, 一线",
        "很慢, 慢|较慢, 中等, 快|较快, 很快",
        "negative|neg|-, trace|±, 1+, 2+, 3+, 4+",
        "l, m, h",
        "very slow, slow, medium|moderate|average, fast|quick, very fast",
        "near|close, medium|middle, far",
        "none, few|a few, some|several, many, most, all",
        "much worse, worse|slightly worse, same|the same|about the same|unchanged|no change, better|slightly better,"
        "much better",
        "declining|decreasing|falling|down, stable|steady|flat|unchanged, improving|increasing|rising|up",
        "young, middle|middle-aged|middle aged, old|elderly",
        "very light, light|pale, medium, dark, very dark",
        "very early, early, middle|mid, late, very late",
        "severely underweight, underweight|thin, normal|normal weight|healthy|healthy weight, overweight|pre-obese,"
        "obese|obesity|obesity class i|obese class i, severely obese|obesity class ii|obese class ii, "
        "obesity class iii|obese class iii|morbidly obese",
        "偏瘦|过轻, 正常, 超重|偏胖, 肥胖",
        "before, during, after",
        "short, medium|average, long|tall",
        "narrow, medium, wide",
        "soft, medium, hard",
        "weak, moderate|medium, strong",
        "for parts, poor|acceptable, fair, good, very good, excellent, like new, new",
        "under-qualified, qualified, over-qualified",
        "rural, suburban|semi-urban|semiurban, urban",
        "niedrig|gering, mittel, hoch, sehr hoch",
        "klein, mittel, groß|gross",
        "bajo|baja, medio|media, alto|alta",
        "faible, moyen|moyenne, élevé|élevée|fort",
    )
)

LETTERS = tuple(f"{letter}{sign}" for letter in "GFEDCBA" for sign in ("-", "", "+"))
RATINGS = tuple(
    f"{grade}{sign}" for grade in ("D", "C", "CC", "CCC", "B", "BB", "BBB", "A", "AA", "AAA") for sign in ("-", "", "+")
)
MOODYS = tuple(
    "C Ca Caa3 Caa2 Caa1 B3 B2 B1 Ba3 Ba2 Ba1 Baa3 Baa2 Baa1 A3 A2 A1 Aa3 Aa2 Aa1 Aaa".split()  # noqa: SIM905
)
NEEDED = (
    (frozenset({"i", "v"}), frozenset({"ii"})),
    (frozenset({"sd", "sa"}), frozenset({"sd", "sa"})),
    (frozenset({"1+"}), frozenset({"2+"})),
)
"""Scales (by some of their words) that hold only beside these: i, v and x alone are letters."""

OUTSIDE = frozenset(
    (
        *("other", "others", "not applicable", "n/a", "na", "one size", "not asked", "not sure", "no opinion"),
        *("don't know", "don’t know", "dont know", "do not know", "dk", "refused", "no response"),
        *("prefer not to say", "prefer not to answer", "prefer not to disclose", "rather not say"),
        *("其他", "其它", "不清楚", "不知道", "拒答", "不适用", "不愿透露", "保密"),
    )
)
"""Answers that have no place among levels with an order, and do not take it from the others."""

GRADE_NAME = re.compile(r"(?i)grade|rating|score|mark\b|等级|评级|成绩|级别")
STEP_WORD = re.compile(
    r"(?i)(?:stage|level|lvl|grade|phase|tier|degree|priority|year|semester|term|quartile|quintile|decile|tertile|rank|fy|"
    r"step|score|severity|generation|gen)[ ._-]?|第"
)
STEP_ENDING = re.compile(
    r"级|期|等|等级|年级|档|星|星级|度|学期|等奖|学年|次|层|(?i: ?(?:semester|year|grade|quartile|quarter))"
)
"""What is counted step by step, before or behind a number: Stage 2, 三级; a Route 66 or a 二班 are names."""

IDEOGRAPHS = {sign: number for number, sign in enumerate("零一二三四五六七八九十")} | {"特": 11}
PLACE = re.compile(r"(\d+)(?:st|nd|rd|th)")
