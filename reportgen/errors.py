"""What the user can mend: every error that ends in one sentence and exit status 2."""


class ReportgenError(Exception):
    """A fault of the input or of the machine; its text is one clear sentence that says what to mend."""


class ConfigError(ReportgenError):
    """An option, or a line of reportgen.toml, that makes no sense."""


class DataError(ReportgenError):
    """A table that cannot be read or cannot be audited."""


class ModelError(ReportgenError):
    """A saved network that cannot be loaded, or that is asked for what it does not have."""


class OutputError(ReportgenError):
    """A report that cannot be written where it was asked for."""


class RenderError(ReportgenError):
    """A page that cannot be made: a template with a fault, or a library that this machine lacks."""
