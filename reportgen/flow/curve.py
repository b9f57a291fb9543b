"""The network made anew on fewer and fewer rows: what the learning curve is drawn from."""

from collections.abc import Iterable

from reportgen.config import Config
from reportgen.data import Prepared
from reportgen.evidence.base import Shrinking, Smaller
from reportgen.flow.together import Together
from reportgen.model import Network, course_for, learn_less, measure, plan_for, to_learn_apart
from reportgen.model.curve import Apart, Course, Learnt, sizes
from reportgen.records.table import Task


def lessons_for(prepared: Prepared, task: Task, config: Config, together: Together) -> Apart | Shrinking:
    """Which rows networks shall learn that learn fewer of them; or why none shall."""
    asked = config.learning_curve.draws
    if asked == 0 or (asked is None and config.budget == "quick"):
        return Shrinking(why_none="learning_curve_off" if asked == 0 else "not_in_budget")
    if not (every := sizes(len(prepared.train.y))):
        return Shrinking(why_none="too_few_for_learning_curve")
    affordable = course_for(plan_for(prepared, task, config), measure(prepared, task), config.budget)
    course = Course(every, asked) if asked else affordable
    if course is None:
        return Shrinking(why_none="too_large_for_learning_curve")
    units = together.groups.of(prepared.train.rows, given=False) if together.groups else None
    return to_learn_apart(prepared, task, config, course, units)


def shrinking(network: Network, lessons: Apart | Shrinking, made: Iterable[Learnt] | None) -> Shrinking:
    """The networks that a second process made on fewer of the training rows, or those made here where it made none."""
    if isinstance(lessons, Shrinking):
        return lessons
    if made is None:
        made = learn_less(network, lessons, lessons.task, lessons.course, lessons.config.seed, lessons.units)
    return Shrinking(tuple(Smaller(one.rows, one.draw, one.answers) for one in made))
