"""What a worker's process imports before it is forked: all that an audit needs, and nothing that computes.

Most comes with `reportgen.api`; the rest are modules that libraries import when they are first used. One that is not
there (another version's, or WeasyPrint's without Pango) is left for the audit itself to miss, or not. The templates are
Python, too, once Jinja has compiled them: reading those of English takes a third of a second.
"""

import importlib
from contextlib import suppress

import reportgen.api
from reportgen.render.words import ENGLISH, environment

LATE = (
    "fontTools.subset",
    "fontTools.ttLib.tables.otTables",
    "fontTools.varLib.instancer",
    "jinja2.ext",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "pandas.io.formats.csvs",
    "pyarrow.pandas_compat",
    "weasyprint",
)

__all__ = ("reportgen",)

for name in LATE:
    with suppress(Exception):
        importlib.import_module(name)
speech = environment(ENGLISH, None)
for name in speech.list_templates(extensions=["j2", "css"]):
    with suppress(Exception):
        speech.get_template(name)
