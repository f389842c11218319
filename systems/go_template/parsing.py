"""The parser of Go's `text/template`, with Go's scopes of variables."""

from collections.abc import Callable, Collection, Sequence

from systems.go_template import nodes
from systems.go_template.expressions import Expressions, text_of, unexpected
from systems.go_template.tokens import TemplateError, Token

# `end` and `else` end a list of nodes and are no nodes themselves.
_End = Token


def parsed(text: str, functions: Collection[str], variables: Collection[str]) -> nodes.Template:
    """
    Return *text* in its parsed form.

    Args:
        text: The template.
        functions: The names of the functions that it may call.
        variables: The variables that are declared before it, each with its `$`.

    Raises:
        TemplateError: Go's parser would refuse the text.
    """
    parser = _Parser(text, functions, variables)
    try:
        return parser.template()
    except RecursionError:
        raise TemplateError(1, "too many nested levels: simplify it") from None


class _Parser(Expressions):
    def __init__(self, text: str, functions: Collection[str], variables: Collection[str]) -> None:
        super().__init__(text, functions, variables)
        self._ranges = 0
        self._definitions: dict[str, Sequence[nodes.Node]] = {}

    def template(self) -> nodes.Template:
        found: list[nodes.Node] = []
        while self.peek().kind != "end of text":
            if self._starts_definition():
                self._definition()
                continue
            node = self._text_or_action()
            if isinstance(node, Token):
                raise TemplateError(node.line, f"{{{{ {node.text} }}}} ends nothing: remove it")
            if node is not None:
                found.append(node)
        return nodes.Template(found, self._definitions)

    def _starts_definition(self) -> bool:
        if self.peek().kind != "left delimiter":
            return False
        after = next(t for t in self.tokens[self.at + 1 :] if t.kind != "space")
        return (after.kind, after.text) == ("keyword", "define")

    def _definition(self) -> None:
        start = self.next()
        self.next()
        name = self._template_name("define")
        self.expect("right delimiter", "define")
        self._define(name, start, self._own_scope("define"))

    def _own_scope(self, context: str) -> Sequence[nodes.Node]:
        """Parse the body of a template, which sees no variable of its surroundings."""
        outer, self.variables = self.variables, ["$"]
        ranges, self._ranges = self._ranges, 0
        body, end = self._list()
        if end.text != "end":
            raise unexpected(end, context)
        self.variables, self._ranges = outer, ranges
        return body

    def _define(self, name: str, start: Token, body: Sequence[nodes.Node]) -> None:
        if self._definitions.get(name) and body:
            raise TemplateError(start.line, f"the template {name!r} exists already: rename one")
        self._definitions[name] = self._definitions.get(name) or body

    def _list(self) -> tuple[Sequence[nodes.Node], _End]:
        found: list[nodes.Node] = []
        start = self.peek().line
        while self.peek().kind != "end of text":
            node = self._text_or_action()
            if isinstance(node, Token):
                return found, node
            if node is not None:
                found.append(node)
        raise TemplateError(start, "an action has no end: add {{ end }}")

    def _text_or_action(self) -> nodes.Node | _End | None:
        token = self.next()
        if token.kind == "text":
            return nodes.Text(token.text) if token.text.strip() else None
        if token.kind != "left delimiter":
            raise unexpected(token, "the text")
        return self._action()

    def _action(self) -> nodes.Node | _End | None:
        first = self.peek()
        if first.kind != "keyword":
            return nodes.Output(self.pipe("command", "right delimiter"))
        actions: dict[str, Callable[[], nodes.Node | _End | None]] = {
            "block": self._block,
            "break": self._jump,
            "continue": self._jump,
            "else": self._else,
            "end": self._end,
            "if": self._control,
            "range": self._control,
            "template": self._inclusion,
            "with": self._control,
        }
        if first.text not in actions:
            raise TemplateError(first.line, "define stands at the top level only: move it there")
        return actions[first.text]()

    def _jump(self) -> None:
        token = self.next()
        self.expect("right delimiter", token.text)
        if not self._ranges:
            raise TemplateError(token.line, f"{token.text} is outside of range: remove it")

    def _end(self) -> _End:
        token = self.next()
        self.expect("right delimiter", "end")
        return token

    def _else(self) -> _End:
        token = self.next()
        after = self.peek()
        if (after.kind, after.text) not in {("keyword", "if"), ("keyword", "with")}:
            self.expect("right delimiter", "else")
        return token

    def _control(self) -> nodes.Control:
        keyword = self.next()
        scope = len(self.variables)
        pipe = self.pipe(keyword.text, "right delimiter")
        self._ranges += keyword.text == "range"
        body, end = self._list()
        self._ranges -= keyword.text == "range"
        otherwise: Sequence[nodes.Node] = ()
        if end.text == "else":
            after = self.peek()
            if after.kind == "keyword" and after.text == keyword.text != "range":
                otherwise = [self._control()]
            elif after.kind == "keyword":
                raise TemplateError(
                    after.line, f"else {after.text} in {keyword.text}: write {{{{ else }}}}"
                )
            else:
                otherwise, end = self._list()
                if end.text != "end":
                    raise TemplateError(end.line, "a second else: remove it")
        del self.variables[scope:]
        return nodes.Control(keyword.text, pipe, body, otherwise)

    def _block(self) -> nodes.Inclusion:
        start = self.next()
        name = self._template_name("block")
        pipe = self.pipe("block", "right delimiter")
        self._define(name, start, self._own_scope("block"))
        return nodes.Inclusion(start.line, name, pipe)

    def _inclusion(self) -> nodes.Inclusion:
        start = self.next()
        name = self._template_name("template")
        if self.peek().kind == "right delimiter":
            self.next()
            return nodes.Inclusion(start.line, name, None)
        return nodes.Inclusion(start.line, name, self.pipe("template", "right delimiter"))

    def _template_name(self, context: str) -> str:
        token = self.expect("string", context)
        return text_of(token)
