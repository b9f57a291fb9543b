"""What a worker's process imports before it is forked: all that an audit needs, and nothing that computes."""

import reportgen.api
import reportgen.render.words

__all__ = ("reportgen",)
