# SPDX-License-Identifier: BSL-1.0
"""Finds the functions of a C++ file by counting braces, and the rules about them. See layers.py.

A heuristic, not a parser: it knows comments, strings, directives, scopes, constructors with brace initialisers and
lambdas well enough for this tree, and test_functions.py says what it knows.
"""
import re

LINES_MAX = 60

# What is blanked before braces are counted; newlines stay, so line numbers do.
NOISE = re.compile(
    r'R"(?P<tag>[^()\\\s"]*)\(.*?\)(?P=tag)"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'"
    r"|//[^\n]*"
    r"|/\*.*?\*/"
    r"|^[ \t]*#(?:\\\n|[^\n])*",
    re.DOTALL | re.MULTILINE,
)
SCOPE = re.compile(r"\b(namespace|class|struct|union|enum|extern|concept)\b")
# A body follows one of these, if a parameter list came before.
BODY = re.compile(r"(\)|\}|\b(?:const|noexcept|override|final|try|mutable)|&&?|->\s*[\w:<>,&*\s]+)$")
CASE = re.compile(r"\b(TEST_CASE|SCENARIO|TEMPLATE_TEST_CASE|TEST_CASE_METHOD)\b")
STATIC = re.compile(r"\bstatic\s+(?!constexpr\b|assert\b)\w")


def blank(text):
    return NOISE.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)


def without_templates(head):
    """`template <class T>` and `requires` would look like a class and like a call."""
    while (start := re.search(r"\btemplate\s*<", head)) is not None:
        depth, end = 1, start.end()
        while end < len(head) and depth > 0:
            depth += {"<": 1, ">": -1}.get(head[end], 0)
            end += 1
        head = head[: start.start()] + head[end:]
    return head


def kind_of(head):
    """What a `{` after this text opens: scope, function or value."""
    head = without_templates(head).strip()
    parameters = head.find("(")
    named = SCOPE.search(head)
    if named and (parameters < 0 or named.start() < parameters):
        before_call = head[: parameters if parameters >= 0 else len(head)].split()
        # `struct name f() {` is a function; `struct alignas(8) name {` and `enum class [[x]] name {` are scopes.
        if parameters < 0 or not re.search(r"\w\s*$", head[:parameters]) or before_call[-1] in ("alignas", "noexcept"):
            return "scope"
        if named[1] in ("class", "struct", "union", "enum") and not BODY.search(head):
            return "scope"
    if parameters < 0:
        return "value"
    # In a constructor's list a brace after a name initialises that member.
    in_list = re.search(r"\)[^()]*(?<!:):(?!:)", head)
    if in_list and re.search(r"[\w>]$", head) and not head.endswith(("const", "noexcept")):
        return "value"
    return "function" if BODY.search(head) else "value"


def functions(text):
    """Yields (first line, last line, head, body) of each outermost function."""
    clean = blank(text)
    start = 0  # where the text before the next brace begins
    scopes = []
    position = 0
    while position < len(clean):
        mark = clean[position]
        if mark == "{":
            kind = kind_of(clean[start:position])
            if kind == "scope":
                scopes.append(position)
                start = position + 1
            else:
                end = closing(clean, position)
                if kind == "function":
                    head = clean[start:position]
                    first = start + len(head) - len(head.lstrip())
                    yield (
                        clean.count("\n", 0, first) + 1,
                        clean.count("\n", 0, end) + 1,
                        " ".join(head.split()),
                        clean[position : end + 1],
                    )
                    start = end + 1
                position = end  # a value in braces is a part of the text before the next brace
        elif mark == "}":
            if scopes:
                scopes.pop()
            start = position + 1
        elif mark == ";" or (mark == ":" and re.search(r"\b(public|private|protected)\s*$", clean[start:position])):
            start = position + 1
        position += 1


def closing(text, position):
    depth = 0
    for index in range(position, len(text)):
        depth += {"{": 1, "}": -1}.get(text[index], 0)
        if depth == 0:
            return index
    return len(text) - 1


def name_of(head):
    found = re.search(r"([\w~:]+|operator\s*\S+?)\s*\(", without_templates(head))
    return found[1] if found else head


def cpp_files(tree):
    return [path for path in tree.files if path.endswith((".hpp", ".cpp", ".h", ".c"))]


def function_length(tree):
    """A test case is a list of examples, and may be long."""
    for path in cpp_files(tree):
        for first, last, head, _ in functions(tree.text(path)):
            if last - first + 1 > LINES_MAX and not CASE.search(head):
                yield path, first, f"{name_of(head)} has {last - first + 1} lines, at most {LINES_MAX}"


def local_statics(tree):
    """A static inside a function brings a guard, and a state that nobody sees."""
    for path in cpp_files(tree):
        if path.startswith("include/"):
            for first, _, head, body in functions(tree.text(path)):
                if STATIC.search(body):
                    yield path, first, f"{name_of(head)} has a static variable"


RULES = (function_length, local_statics)
