"""The short program of the worked example, which makes the network of a report again."""

from reportgen.document import Document

SCORES = {
    "accuracy": "print((answers.argmax(axis=1) == truth).mean())",
    "r2": "print(1 - ((truth - answers) ** 2).sum() / ((truth - truth.mean()) ** 2).sum())",
}


def program(document: Document) -> str:
    """A Python program that trains the same network and prints the report's key metric on test rows."""
    source = repr(document.dataset.source)
    if document.dataset.reading.format == "data frame":
        source = "frame"
    settings = ", ".join(f"{name}={value}" for name, value in document.arguments)
    return f"""from reportgen import Config, train
from reportgen.data import load, prepare, split

config = Config({settings})
dataset = load({source}, config)
prepared = prepare(split(dataset, config))
network = train(prepared, dataset.task, config)

answers, truth = network.predict(prepared.test.x), prepared.test.y
{SCORES[document.key_metric]}
"""
