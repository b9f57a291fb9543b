"""Every word a reader sees: the templates, the language they speak, and the sentences of findings and verdicts."""

import re
import shlex
import unicodedata
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, partial
from gettext import NullTranslations
from pathlib import Path
from typing import Any

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    Template,
    TemplateError,
    TemplateNotFound,
    pass_context,
    pass_eval_context,
)
from jinja2.nodes import EvalContext
from jinja2.runtime import Context
from markupsafe import Markup, escape

from reportgen.errors import RenderError, ReportgenError
from reportgen.languages import language, locate
from reportgen.records.finding import Finding, Verdict
from reportgen.render import numbers
from reportgen.render.brand import Brand, brand_of, css_text
from reportgen.render.catalogue import read
from reportgen.render.columns import column_widths
from reportgen.render.compiled import Compiled
from reportgen.render.drawings import drawings, spots
from reportgen.render.exact import exact, kept, measured
from reportgen.render.faults import Missing, of_owner, said
from reportgen.render.figures import boxes, error_boxes, formula, most_mistaken, shares
from reportgen.render.flatten import flat
from reportgen.render.glossary import linked
from reportgen.render.inline import inline
from reportgen.render.places import OURS, Within
from reportgen.render.plain import elided, markdown, visible
from reportgen.render.program import program
from reportgen.render.sandbox import Sandbox
from reportgen.render.spacing import spaced

ENGLISH = "en"
NUMBER_FILTERS = ("amount", "bound", "day", "integer", "number", "percent", "pvalue")
LONGEST_CELL = 80
LONG_WORD = re.compile(r"\S{17,}")
BREAK_AFTER = re.compile(r"[^_./-]{16}(?=[^_./-]{4})|[_./-]+(?=[^_./-]{3})")


def environment(lang: str, templates: Path | None = None) -> Environment:
    """The templates speaking one language; files in `templates` take the place of ours, name by name.

    Ours run as they are, and all of them in a sandbox where a user's own run beside them.
    """
    return _environment(lang, templates, brand_of(templates))


@cache
def _environment(lang: str, templates: Path | None, brand: Brand) -> Environment:
    made = _ours() if templates is None else _sandbox(templates)
    made.policies["ext.i18n.trimmed"] = True
    translations = read(*(folder / "locale" / f"{lang}.po" for folder in (locate(), templates) if folder))
    made.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]
    made.globals["gettext"] = made.globals["_"] = _gettext(translations, language(lang).closed_up)
    made.filters |= _filters(lang, translations)
    made.globals |= {**drawings(), "brand": brand, "zip": _zipped, "formulas": formula, "shares": shares}
    made.globals["boxes"] = partial(boxes, lang=lang, translations=translations)
    made.globals["error_boxes"] = partial(error_boxes, lang=lang, translations=translations)
    if isinstance(made, Sandbox):
        made.bound()
    return made


def _options() -> dict[str, Any]:
    return {
        "autoescape": _is_page,  # all that is not a page is plain text, which pages escape
        "undefined": Missing,
        "extensions": ["jinja2.ext.i18n", "jinja2.ext.do"],
    }


def _ours() -> Environment:
    return Environment(loader=FileSystemLoader(locate()), bytecode_cache=Compiled(locate()), **_options())  # noqa: S701 - see above


def _sandbox(templates: Path) -> Sandbox:
    ours = FileSystemLoader(locate())
    loader = ChoiceLoader([Within(templates), ours, PrefixLoader({OURS: ours})])
    return Sandbox(loader=loader, bytecode_cache=Compiled(locate(), "sandbox"), **_options())


def _is_page(name: str | None) -> bool:
    return name is not None and name.endswith(".html.j2")


def _gettext(translations: NullTranslations, closed_up: bool) -> Callable[..., str]:
    """Jinja's new style of gettext, which also takes a lone percent sign in a sentence without variables.

    Where no blanks stand between words (`closed_up`), those around a Latin value are set as the value asks.
    """

    @pass_eval_context
    def gettext(context: EvalContext, message: str, /, **variables: Any) -> str:  # noqa: ANN401 - what templates hold
        text = translations.gettext(message)
        if closed_up and variables:
            text = spaced(text, variables)
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
        "css_text": css_text,
        "code_words": lambda code: str(code).replace("_", " "),
        "elided": _elided,
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
        "spots": lambda picture: spots(picture, filters["interval"], translations.gettext),
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


@pass_context
def _elided(context: Context, text: object, length: int = 60) -> str:
    """The text, short; a name of the page's report so that it differs from the others."""
    return context.get("short_names", elided)(text, length)  # type: ignore[no-any-return]


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


def _signed(
    lang: str,
    translations: NullTranslations,
    value: float | None,
    measure: str = "",
    ends: tuple[float, float] | None = None,
    unit: bool = True,
) -> str:
    """Write a difference with its sign, with as many digits as the `ends` of its interval support.

    One between shares is in percentage points, a word that an end of an interval can do without (`unit`).
    """
    if value is None:
        return numbers.NONE
    sign = "+" if value > 0 else ""
    if measure in numbers.SHARES:
        points = sign + numbers.percent(value, lang).removesuffix("%")
        return translations.gettext("%(points)s percentage points") % {"points": points} if unit else points
    return sign + numbers.number(value, lang, *(ends or ()))


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


@pass_context
def _vocabulary(context: Context, code: str, kind: str) -> str:
    """The words of a code, as part/vocabulary.html.j2 has them; on a page, with what the page knows."""
    told = getattr(context.get("v"), kind, None)
    told = told or getattr(context.environment.get_template("part/vocabulary.html.j2").module, kind)
    return told(code)  # type: ignore[no-any-return]


def _capfirst(text: str) -> str:
    return type(text)(text[:1].upper() + text[1:])


def render(name: str, lang: str, templates: Path | None = None, **facts: object) -> str:
    """One template, filled in. Raises RenderError where a template has a fault."""
    with faults(name, templates):
        return filled(environment(lang, templates).get_template(name), facts)


def filled(template: Template, facts: Mapping[str, object]) -> str:
    """The template's text; one that runs in the sandbox has no more than its budget."""
    if isinstance(template.environment, Sandbox):
        with template.environment.budget.spent():
            return template.render(facts)
    return template.render(facts)


@contextmanager
def faults(name: str, templates: Path | None) -> Iterator[None]:
    """Make one sentence of a template's fault, with its place; of any fault that a user's own template leads to."""
    try:
        yield
    except ReportgenError:
        raise
    except TemplateError as error:
        raise RenderError(said(name, error, templates)) from error
    except Exception as error:
        if templates is None or not of_owner(error, templates):
            raise
        raise RenderError(said(name, error, templates)) from error


def explain(finding: Finding, lang: str, templates: Path | None = None) -> tuple[str, str, str]:
    """The title, the message and the advice of a finding, as plain text in a language.

    A code that has no template (a later version's) keeps the words it came with.
    """
    name = f"finding/{finding.code}.j2"
    evidence = dict(finding.evidence)
    facts = {
        **evidence,
        **{key: getattr(finding, key) for key in ("columns", "rows", "severity")},
        "evidence": evidence,
    }
    try:
        template = environment(lang, templates).get_template(name)
    except TemplateNotFound:
        return _capfirst(finding.code.replace("_", " ")), finding.message, finding.advice
    except TemplateError as error:
        raise RenderError(said(name, error, templates)) from error
    with faults(name, templates):
        title, message, advice = _blocks(template, facts)
    if cause := finding.evidence.get("cause"):
        message += " " + " ".join(render("part/follows.j2", lang, templates, cause=cause).split())
    return title, message, advice


def _blocks(template: Template, facts: dict[str, object]) -> tuple[str, str, str]:
    """The three blocks of a finding's template; those that it takes over from another are its own, too."""
    context = template.new_context(facts)
    if isinstance(template.environment, Sandbox):
        with template.environment.budget.spent():
            for _text in template.root_render_func(context):
                pass  # where it extends another, that one's blocks are known only now
            return _said(template, context.blocks, context)
    return _said(template, {name: [block] for name, block in template.blocks.items()}, context)


def _said(
    template: Template, blocks: Mapping[str, list[Callable[[Context], Iterator[str]]]], context: Context
) -> tuple[str, str, str]:
    lacking = [name for name in ("title", "message", "advice") if name not in blocks]
    if lacking:
        raise RenderError(f"the template {template.filename or template.name} has no block {lacking[0]!r}; a finding's "
                          "template has the blocks title, message and advice")  # fmt: skip
    texts = (" ".join("".join(blocks[name][0](context)).split()) for name in ("title", "message", "advice"))
    title, message, advice = texts
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
