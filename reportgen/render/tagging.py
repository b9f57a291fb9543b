"""The tags of the PDF mended: from one element for each box of the layout to what PDF/UA-1 (ISO 14289-1) asks for.

WeasyPrint tags each page by itself, every run of letters as a Span, and what repeats on each page as if it were text.
Here pages are joined, empty shells go, lists, contents and table heads get their parts, and what is no content becomes
an artefact. A third fewer objects are left, which is quicker to write than the tree it came from.
"""

from collections.abc import Collection, Iterator
from typing import Any

POINT = 0.75  # of a CSS pixel
SHELLS = ("/Span", "/NonStruct")
GROUPS = ("/Document", "/Part", "/Art", "/Sect", "/Div")
INLINE = ("/Link", "/Span", "/Figure", "/Formula")

Node = Any
"""A kid of an element: the number of marked content, or a pydyf Dictionary (an element, or a reference to a link)."""


def mend(pdf: Any, formulas: Collection[str] = ()) -> None:  # noqa: ANN401 - pydyf has no types
    """Mend the tags of a pydyf document in place; pictures whose words are among `formulas` become formulas."""
    _Tree(pdf, frozenset(formulas)).mend()


class _Tree:
    """The tree of tags while it is mended."""

    def __init__(self, pdf: Any, formulas: frozenset[str]) -> None:  # noqa: ANN401
        self.pdf = pdf
        self.formulas = formulas
        self.root = self._of(pdf.catalog["StructTreeRoot"])
        self.pages = [self._of(reference) for reference in pdf.page_references]
        self.heights = {page.reference: page["MediaBox"][3] for page in self.pages}
        self.owners: dict[tuple[bytes, int], bytes] = {}
        self.links: dict[int, bytes] = {}
        self.kept: set[int] = set()
        self.named: dict[str, bytes] = {}

    def mend(self) -> None:
        before = [item for item in self.pdf.objects if _is_tag(item)]
        document = self._of(self.root["K"][0])
        document["K"] = _joined([node for kid in document["K"] for node in self._mended(self._of(kid), "/Row")])
        self._settle(document)
        self._own()
        self._name()
        for item in before:
            if item.number not in self.kept:
                _drop(item)

    def _of(self, reference: Any) -> Any:  # noqa: ANN401
        return self.pdf.objects[int(reference.split()[0])]

    def _mended(self, element: Any, scope: str) -> list[Node]:  # noqa: ANN401
        """What stands in an element's place: itself, what it holds, or nothing; `scope` is of head cells in it."""
        if element["Type"] == "/OBJR":
            return [element]
        tag = element["S"]
        scope = {"/THead": "/Column", "/TBody": "/Row"}.get(tag, scope)
        kids = [
            node
            for kid in element["K"]
            for node in ([kid] if isinstance(kid, int) else self._mended(self._of(kid), scope))
        ]
        return self._shaped(element, tag, kids, scope)

    def _shaped(self, element: Any, tag: str, kids: list[Node], scope: str) -> list[Node]:  # noqa: ANN401
        if tag == "/Figure":
            return self._picture(element, kids)
        if tag in SHELLS and not any(_tag(kid) == "/Caption" for kid in kids):
            return kids
        if tag in ("/TH", "/TR"):
            _head(element, scope) if tag == "/TH" else _row_heads(kids)
        if tag == "/Link":
            kids = [node for kid in kids for node in (kid["K"] if _tag(kid) == "/Link" else (kid,))]
        if tag == "/L":
            kids = _items(kids)
        if tag in (*GROUPS, *SHELLS):
            return self._group(element, kids)
        element["K"] = kids
        return [element] if kids or tag in ("/TH", "/TD") else []

    def _picture(self, element: Any, kids: list[Node]) -> list[Node]:  # noqa: ANN401
        """A picture at its place on the page; one without words is decoration, and its marks stay without an owner."""
        if "Alt" not in element:
            return []
        left, top, right, bottom = element["A"]["BBox"]
        height = self.heights[element["Pg"]]
        element["A"]["BBox"][:] = (
            round(number, 2) for number in (left * POINT, height - bottom * POINT, right * POINT, height - top * POINT)
        )
        element["S"] = "/Formula" if element["Alt"].string in self.formulas else "/Figure"
        element["K"] = kids
        return [element]

    def _group(self, element: Any, kids: list[Node]) -> list[Node]:  # noqa: ANN401
        """A block that holds blocks; one of letters alone is a paragraph, and one around one block is not needed."""
        if not kids or (len(kids) == 1 and _tag(kids[0]) not in (None, *INLINE) and element["S"] == "/Div"):
            return kids
        if all(_is_inline(kid) for kid in kids) and not all(_tag(kid) in ("/Figure", "/Formula") for kid in kids):
            element["S"], element["K"] = "/P", kids
            return [element]
        kids = list(self._paragraphs(element, kids))
        if element["S"] == "/Art":
            kids = self._contents(kids)
        if element["S"] in ("/Art", *SHELLS):
            element["S"] = "/Div"
        element["K"] = kids
        return [element]

    def _paragraphs(self, element: Any, kids: list[Node]) -> Iterator[Node]:  # noqa: ANN401
        """The kids of a block, with letters that stand among blocks made paragraphs."""
        run: list[Node] = []
        for kid in (*kids, None):
            if kid is not None and _is_inline(kid):
                run.append(kid)
                continue
            if run and all(_tag(one) in ("/Figure", "/Formula") for one in run):
                yield from run
            elif run:
                yield self._new("/P", element["Pg"], run)
            run = []
            if kid is not None:
                yield kid

    def _contents(self, kids: list[Node]) -> list[Node]:
        """The lists of an article, which the contents are on paper, as one table of contents."""
        lists = [one for kid in kids for one in (kid["K"] if _tag(kid) == "/Div" else (kid,)) if _tag(one) == "/L"]
        if not lists:
            return kids
        entries = [entry for one in lists for entry in one["K"]]
        for entry in entries:
            bodies = [kid for kid in entry["K"] if _tag(kid) in ("/LBody", "/Lbl")]
            entry["S"] = "/TOCI"
            for body in bodies:
                body["S"] = "/Reference"
        table = lists[0]
        table["S"], table["K"] = "/TOC", entries
        return [kid for kid in kids if _tag(kid) not in ("/Div", "/L")] + [table]

    def _new(self, tag: str, page: bytes, kids: list[Node]) -> Any:  # noqa: ANN401
        element = type(self.root)({"Type": "/StructElem", "S": tag, "Pg": page, "K": kids})
        self.pdf.add_object(element)
        return element

    def _settle(self, element: Any) -> None:  # noqa: ANN401
        """Write down who owns what, from an element downwards."""
        self.kept.add(element.number)
        kids, array = element["K"], type(self.root["K"])()
        for kid in kids:
            if isinstance(kid, int):
                self.owners[element["Pg"], kid] = element.reference
                array.append(kid)
                continue
            array.append(kid.reference)
            if kid["Type"] == "/OBJR":
                self.kept.add(kid.number)
                self.links[self._of(kid["Obj"])["StructParent"]] = element.reference
            else:
                kid["P"] = element.reference
                self._settle(kid)
        element["K"] = array
        if "ID" in element:
            self.named[element["ID"].string] = element.reference

    def _own(self) -> None:
        """Tell the pages who owns their marked content; what nobody owns becomes an artefact."""
        numbers = self._of(self.root["ParentTree"])["Nums"]
        for place in range(0, len(numbers), 2):
            if numbers[place] in self.links:
                numbers[place + 1] = self.links[numbers[place]]
        for page in self.pages:
            owned = numbers[2 * page["StructParents"] + 1]
            owners = [self.owners.get((page.reference, mark)) for mark in range(len(owned))]
            owned[:] = (owner or b"null" for owner in owners)
            if None in owners:
                _unmark(self._of(page["Contents"]).stream, {mark for mark, owner in enumerate(owners) if not owner})
        self.root["ParentTreeNextKey"] = max(numbers[::2], default=-1) + 1

    def _name(self) -> None:
        """List the elements that have names, which cells of tables refer to."""
        if self.named:
            kind = type(self.root["K"])
            names = kind()
            for name in sorted(self.named):
                names.extend((f"({name})", self.named[name]))
            self.root["IDTree"] = type(self.root)({"Names": names})


def _is_tag(item: Any) -> bool:  # noqa: ANN401
    return isinstance(item, dict) and item.get("Type") in ("/StructElem", "/OBJR")


def _tag(node: Node) -> str | None:
    """The tag of an element, None of marked content and of a reference to a link."""
    return None if isinstance(node, int) else node.get("S")


def _is_inline(node: Node) -> bool:
    tag = _tag(node)
    return tag is None or tag in INLINE


def _joined(nodes: list[Node]) -> list[Node]:
    """One part of all pages' parts, and one section of each section's: a section begins with its heading."""
    joined: list[Node] = []
    for node in nodes:
        last = joined[-1] if joined else None
        if last is not None and node["S"] == last["S"] and _goes_on(node):
            last["K"] = [*last["K"], *node["K"]]
        else:
            joined.append(node)
    for node in joined:
        if node["S"] == "/Part":
            node["K"] = _joined(node["K"])
    return joined


def _goes_on(node: Node) -> bool:
    return node["S"] == "/Part" or (node["S"] == "/Sect" and _tag(node["K"][0]) != "/H2")


def _items(kids: list[Node]) -> list[Node]:
    """The items of a list; a term and what is said of it are one item, and the rest of one from the page before none.

    No list but one of terms is without labels, the contents aside, where nothing is paired since each is a link; what
    stands between items is white space.
    """
    parts = [part for kid in kids for part in (kid["K"] if _tag(kid) == "/Div" else (kid,))]
    if all(_tag(part) == "/L" for part in parts):  # a list in columns has one of its own in each
        return [item for part in parts for item in part["K"]]
    items = [part for part in parts if _tag(part) in ("/LI", "/L")]  # else it is the blank between two of them
    if any(_tag(part) != "/LBody" or _is_link(part) for item in items for part in item["K"]):
        return items
    first = len(items) % 2
    for term, said in zip(items[first::2], items[first + 1 :: 2], strict=True):
        for part in term["K"]:
            part["S"] = "/Lbl"
        term["K"] = [*term["K"], *said["K"]]
    return items[:first] + items[first::2]


def _is_link(part: Node) -> bool:
    return len(part["K"]) == 1 and _tag(part["K"][0]) == "/Link"


def _head(cell: Any, scope: str) -> None:  # noqa: ANN401
    cell["A"]["Scope"] = scope


def _row_heads(cells: list[Node]) -> None:
    """Where a row has several heads, each cell has the one before it: tables in two halves have two rows in one."""
    names = [cell["ID"].string for cell in cells if _tag(cell) == "/TH"]
    if len(names) < 2:
        return
    last = names[0]
    for cell in cells:
        if _tag(cell) == "/TH":
            last = cell["ID"].string
        elif "Headers" in cell["A"]:
            heads = cell["A"]["Headers"]
            heads[:] = [head for head in heads if head.string == last or head.string not in names]


def _unmark(stream: list[Any], marks: set[int]) -> None:
    """Make artefacts of marked content that nobody owns: what repeats on each page, and decoration."""
    for place, item in enumerate(stream):
        if isinstance(item, dict) and item.get("MCID") in marks:
            stream[place - 1 : place + 1] = [b"/Artifact", b"<</Type/Pagination>>"]


def _drop(item: Any) -> None:  # noqa: ANN401
    """Leave an object out of the file: its number is free, as that of object 0 is."""
    item.number, item.generation, item.free = 0, 65535, "f"
