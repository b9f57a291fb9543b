"""Every word a reader sees: the templates, the language they speak, and the sentences of findings and verdicts."""

import re
import shlex
import unicodedata
from base64 import b64encode
from collections.abc import Callable, Iterable
from functools import cache, partial
from gettext import NullTranslations
from pathlib import Path
from typing import Any

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    pass_environment,
    pass_eval_context,
)
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape

from reportgen.errors import ConfigError, RenderError
from reportgen.languages import locate
from reportgen.records.finding import Finding, Verdict
from reportgen.render import numbers
from reportgen.render.catalogue import read
from reportgen.render.columns import column_widths
from reportgen.render.compiled import Compiled
from reportgen.render.drawings import drawings, spots
from reportgen.render.exact import exact, kept, measured
from reportgen.render.figures import boxes, error_boxes, formula, most_mistaken, shares
from reportgen.render.flatten import flat
from reportgen.render.glossary import linked
from reportgen.render.inline import inline
from reportgen.render.plain import elided, markdown, visible
from reportgen.render.program import program

ENGLISH = "en"
NUMBER_FILTERS = ("amount", "bound", "day", "integer", "number", "percent", "pvalue")
LONGEST_CELL = 80
LONG_WORD = re.compile(r"\S{17,}")
BREAK_AFTER = re.compile(r"[^_./-]{16}(?=[^_./-]{4})|[_./-]+(?=[^_./-]{3})")


def refuse_missing(templates: Path | str | None) -> None:
    """Raise ConfigError where a folder of templates is named that is not there."""
    if templates is not None and not Path(templates).is_dir():
        raise ConfigError(f"there is no folder of templates {templates}; name another, or leave --templates out")


@cache
def environment(lang: str, templates: Path | None = None) -> Environment:
    """The templates speaking one language; files in `templates` take the place of ours, name by name."""
    folders = [locate()] if templates is None else [templates, locate()]
    made = Environment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]),
        autoescape=_is_page,  # noqa: S701 - all that is not a page is plain text, which pages escape
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        bytecode_cache=Compiled(locate()),
    )
    made.policies["ext.i18n.trimmed"] = True
    translations = read(_sentences(lang, folders))
    made.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]
    made.globals["gettext"] = made.globals["_"] = _gettext(translations)
    made.filters |= _filters(lang, translations)
    made.globals |= {**drawings(), "zip": _zipped, "formulas": formula, "shares": shares}
    made.globals["boxes"] = partial(boxes, lang=lang, translations=translations)
    made.globals["error_boxes"] = partial(error_boxes, lang=lang, translations=translations)
    return made


def _sentences(lang: str, folders: list[Path]) -> Path:
    """The file of a language's sentences: the user's own where there is one."""
    files = [folder / "locale" / f"{lang}.po" for folder in folders]
    return next((file for file in files if file.is_file()), files[-1])


def _is_page(name: str | None) -> bool:
    return name is not None and name.endswith(".html.j2")


def _gettext(translations: NullTranslations) -> Callable[..., str]:
    """Jinja's new style of gettext, which also takes a lone percent sign in a sentence without variables."""

    @pass_eval_context
    def gettext(context: EvalContext, message: str, /, **variables: Any) -> str:  # noqa: ANN401 - what templates hold
        text = translations.gettext(message)
        marked = Markup(text) if context.autoescape else text  # noqa: S704 - templates and translations are ours
        return marked % variables if variables else marked.replace("%%", "%")

    return gettext


def _zipped(*columns: Iterable[Any]) -> list[tuple[Any, ...]]:
    return list(zip(*columns, strict=True))


def _filters(lang: str, translations: NullTranslations) -> dict[str, Callable[..., Any]]:
    filters: dict[str, Callable[..., Any]] = {
        name: partial(_spoken_in, getattr(numbers, name), lang) for name in NUMBER_FILTERS
    }
    filters["difference"] = partial(_difference, lang, translations)
    filters["interval"] = partial(_interval, lang, translations)
    filters["listing"] = _listing(lang, translations)
    filters["signed"] = partial(_signed, lang, translations)
    return filters | {
        "alike": alike,
        "flattened": lambda records, name: [one for record in records for one in getattr(record, name)],
        "most_mistaken": most_mistaken,
        "column_widths": lambda rows, head, numeric, beside=1: column_widths(head, rows, numeric, beside),
        "base64": lambda text: b64encode(str(text).encode()).decode("ascii"),
        "capfirst": _capfirst,
        "code_words": lambda code: str(code).replace("_", " "),
        "elided": elided,
        "exact": exact,
        "flat": flat,
        "glossed": _glossed,
        "inline": lambda *args: Markup(inline(*args)),  # noqa: S704 - what it writes is escaped
        "md": markdown,
        "measured": measured,
        "cell": _cell,
        "oneline": lambda text: type(text)(" ".join(str(text).split())),
        "plain": lambda text: text.unescape() if isinstance(text, Markup) else str(text),
        "program": program,
        "scored": partial(_scored, lang),
        "shell": lambda text: shlex.quote(visible(str(text))),
        "spots": spots,
        "toml": toml,
        "translated": translations.gettext,
        "unmarked": lambda words: Markup(words).unescape(),  # noqa: S704 - a page's words, on their way to plain text
        "vocabulary": _vocabulary,
        "with_sign": partial(_with_sign, lang),
    }


def _glossed(body: Markup, terms: Iterable[tuple[str, str, str, str]]) -> Markup:
    """The page with its terms linked; a term's forms stand in one sentence, a bar between them, to be translated."""
    return linked(body, ((key, [form for form in forms.split("|") if form]) for key, _, forms, _ in terms))


def alike(findings: Iterable[Finding]) -> list[list[Finding]]:
    """The findings in their order, those together that differ in nothing but what they are about.

    A finding that was waived, or whose waiver lapsed, stands alone: its answer is its own.
    """
    groups: dict[object, list[Finding]] = {}
    for place, finding in enumerate(findings):
        answered = place if finding.waived or finding.lapsed else None
        groups.setdefault((finding.code, finding.severity, finding.section, answered), []).append(finding)
    return list(groups.values())


def _spoken_in(write: Callable[..., str], lang: str, value: Any, *args: Any, **options: Any) -> str:  # noqa: ANN401
    return kept(write(value, lang, *args, **options), value)


def _interval(
    lang: str,
    translations: NullTranslations,
    value: float | None,
    low: float | None,
    high: float | None,
    measure: str = "",
) -> str:
    """Put an interval in brackets behind its value; a value without one stands alone."""
    shown = numbers.amount(value, lang, measure, low, high)
    if value is None or low is None or high is None:
        return shown
    ends = (numbers.amount(end, lang, measure, low, high) for end in (low, high))
    words = dict(zip(("value", "low", "high"), (shown, *ends), strict=True))
    return kept(translations.gettext("%(value)s (%(low)s to %(high)s)") % words, value, low, high)


def _signed(lang: str, translations: NullTranslations, value: float | None, measure: str = "") -> str:
    """Write a difference with its sign; one between shares is in percentage points."""
    if value is None:
        return numbers.NONE
    sign = "+" if value > 0 else ""
    if measure in numbers.SHARES:
        points = numbers.percent(value, lang).removesuffix("%")
        return translations.gettext("%(points)s percentage points") % {"points": sign + points}
    return sign + numbers.number(value, lang)


def _difference(
    lang: str,
    translations: NullTranslations,
    value: float | None,
    low: float | None,
    high: float | None,
    measure: str = "",
) -> str:
    """Write a difference and its interval, each end with its sign; one between shares is in percentage points."""
    if value is None or low is None or high is None:
        return numbers.NONE
    ends = (_with_sign(lang, end, low, high, measure) for end in (value, low, high))
    words = dict(zip(("value", "low", "high"), ends, strict=True))
    text = translations.gettext("%(value)s (%(low)s to %(high)s)") % words
    return (
        translations.gettext("%(points)s percentage points") % {"points": text} if measure in numbers.SHARES else text
    )


def _with_sign(lang: str, value: float | None, low: float | None, high: float | None, measure: str = "") -> str:
    """Write a number with its sign and as many digits as the interval supports; of a share without the percent sign."""
    if value is None:
        return numbers.NONE
    return ("+" if value > 0 else "") + numbers.amount(value, lang, measure, low, high).removesuffix("%")


def _listing(lang: str, translations: NullTranslations) -> Callable[..., str]:
    """Make the filter that joins names: the first few of them, and how many more there are."""

    @pass_eval_context
    def listing(context: EvalContext, names: Iterable[Any], most: int = 0) -> str:
        short = [name if isinstance(name, Markup) else elided(name) for name in names]
        shown = [str(escape(name) if context.autoescape else name) for name in short]
        rest = len(shown) - most if most and len(shown) > most + 1 else 0
        if rest:
            shown = [*shown[:most], translations.gettext("%(count)s more") % {"count": numbers.integer(rest, lang)}]
        text = numbers.joined(shown, lang)
        return Markup(text) if context.autoescape else text  # noqa: S704 - each name was escaped above

    return listing


def _scored(lang: str, value: float | None, measure: str) -> str:
    """Write the value of a measure: in percent where it is a share."""
    return numbers.amount(value, lang, measure)


def _cell(value: object) -> Markup:
    """A cell's text, its middle left out where it would fill a page, a long word with places to break."""
    if isinstance(value, Markup):
        return value
    line = " ".join(elided("–" if value is None else value, LONGEST_CELL).split())
    return Markup("<wbr>").join(LONG_WORD.sub(_parted, line).split("\n"))


def _parted(word: re.Match[str]) -> str:
    """A long word with an end of line wherever it may break: where its parts are joined, or after many letters."""
    return BREAK_AFTER.sub(lambda part: f"{part[0]}\n", word[0])


def toml(text: object) -> str:
    """The text as a string of TOML on one line; what cannot be seen is written by its number."""
    return f'"{"".join(_toml_letter(letter) for letter in str(text))}"'


def _toml_letter(letter: str) -> str:
    if letter in '"\\':
        return "\\" + letter
    if unicodedata.category(letter) in ("Cc", "Cf", "Zl", "Zp"):
        return f"\\u{ord(letter):04x}" if ord(letter) < 0x10000 else f"\\U{ord(letter):08x}"
    return letter


@pass_environment
def _vocabulary(templates: Environment, code: str, kind: str) -> str:
    """The words of a code, as part/vocabulary.html.j2 has them."""
    return getattr(templates.get_template("part/vocabulary.html.j2").module, kind)(code)  # type: ignore[no-any-return]


def _capfirst(text: str) -> str:
    return type(text)(text[:1].upper() + text[1:])


def render(name: str, lang: str, templates: Path | None = None, **facts: object) -> str:
    """One template, filled in. Raises RenderError where a template has a fault."""
    try:
        return environment(lang, templates).get_template(name).render(**facts)
    except TemplateError as error:
        raise RenderError(fault(name, error)) from error


def fault(name: str, error: TemplateError) -> str:
    """The sentence about a fault in a template, with its place where it is known."""
    line = getattr(error, "lineno", None)
    return f"the template {getattr(error, 'name', None) or name}{f', line {line}' if line else ''} has a fault: {error}"


def explain(finding: Finding, lang: str, templates: Path | None = None) -> tuple[str, str, str]:
    """The title, the message and the advice of a finding, as plain text in a language.

    A code that has no template (a later version's) keeps the words it came with.
    """
    name = f"finding/{finding.code}.j2"
    facts = {**finding.evidence, **{key: getattr(finding, key) for key in ("columns", "rows", "severity", "evidence")}}
    try:
        template = environment(lang, templates).get_template(name)
        context = template.new_context(facts)
        title, message, advice = (
            " ".join("".join(template.blocks[block](context)).split()) for block in ("title", "message", "advice")
        )
    except TemplateNotFound:
        return _capfirst(finding.code.replace("_", " ")), finding.message, finding.advice
    except (TemplateError, KeyError) as error:
        raise RenderError(f"the template {name} has a fault: {error}") from error
    if cause := finding.evidence.get("cause"):
        message += " " + " ".join(render("part/follows.j2", lang, templates, cause=cause).split())
    return title, message, advice


def say_verdict(verdict: Verdict, lang: str, templates: Path | None = None) -> str:
    """The verdict in one sentence."""
    return " ".join(
        render("part/verdict.j2", lang, templates, level=verdict.level, facts=verdict.facts, **verdict.facts).split()
    )


def worded(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings with their English message and advice, as report.json holds them."""
    return tuple(_worded(finding) for finding in findings)


def _worded(finding: Finding) -> Finding:
    _, message, advice = explain(finding, ENGLISH)
    return finding.model_copy(update={"message": message, "advice": advice})


def worded_verdict(verdict: Verdict) -> Verdict:
    """The verdict with its English sentence, as report.json holds it."""
    return verdict.model_copy(update={"text": say_verdict(verdict, ENGLISH)})
