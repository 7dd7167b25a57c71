"""Circles in a directed graph, found without recursion, so that a long chain is no trouble."""

from collections.abc import Iterator, Mapping, Sequence


def find_cycles(edges: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    """Each circle met in a depth-first walk, as nodes with the first repeated at the end: [a, b, a].

    Nothing exactly when the graph has none. Where circles share nodes not every one is listed, but breaking
    all the listed ones and asking again ends with an empty answer.
    """
    done: set[str] = set()
    for root in edges:
        if root not in done:
            yield from _cycles_from(root, edges, done)


def _cycles_from(root: str, edges: Mapping[str, Sequence[str]], done: set[str]) -> Iterator[list[str]]:
    # A dict keeps the order of the walk and answers "am I on it?" at once.
    trail: dict[str, None] = {root: None}
    stack = [iter(edges[root])]
    while stack:
        after = next(stack[-1], None)
        if after is None:
            stack.pop()
            done.add(trail.popitem()[0])
        elif after in trail:
            walked = list(trail)
            yield [*walked[walked.index(after) :], after]
        elif after not in done and after in edges:
            trail[after] = None
            stack.append(iter(edges[after]))
