"""What Go's text/template refuses is refused; what it accepts and can execute is accepted."""

import pytest

from systems.go_template import Dialect, Function, Shape, faults, unused_templates
from systems.go_template.shapes import NUMBER, TEXT, as_map

MEAL = Shape("a meal", fields={"Name": TEXT, "Price": NUMBER})
MEALS = Shape("meals", item=MEAL)
KITCHEN = Shape("the kitchen", fields={"Meals": MEALS, "Labels": as_map("the labels", TEXT)})
DIALECT = Dialect(
    functions={"shout": Function((TEXT,), TEXT), "first": Function((MEALS,), MEAL)},
    data=KITCHEN,
    variables={"$cook": TEXT},
    templates={"menu": MEALS},
)

ACCEPTED = [
    "no action at all",
    "{{ .Labels.any }} {{ $cook }} {{ $.Labels.any }} {{ . }}",
    "{{- $cook -}} {{- /* a comment */ -}} {{/* another */}}",
    '{{ $x := .Labels }}{{ $x.any | shout | printf "%s" }}{{ $x = .Meals }}',
    "{{ range .Meals }}{{ .Name }}{{ else }}none{{ end }}",
    "{{ range $i, $m := .Meals }}{{ $i }}{{ $m.Name }}{{ break }}{{ continue }}{{ end }}",
    "{{ with $m := first .Meals }}{{ $m.Price }}{{ else with .Labels }}{{ .x }}{{ end }}",
    "{{ if eq $cook `a` }}x{{ else if gt (first .Meals).Price 1.5 }}y{{ else }}z{{ end }}",
    "{{ define `row` }}{{ .Name }}{{ end }}{{ range .Meals }}{{ template `row` . }}{{ end }}",
    "{{ define `menu` }}{{ range . }}{{ .Name }}{{ end }}{{ end }}",
    "{{ block `row` .Labels }}{{ .x }}{{ end }}",
    "{{ print 1 0x1F 1_000 -1.5e3 'a' '\\n' true nil `raw` \"\\u00e9\\x41\\101\" }}",
    '{{ (index .Labels `a`) | len }} {{ and 1 (or 2 (not 3)) }} {{ printf "%d" 1 | }}',
    '{{ shout\n"a" }}',
]


@pytest.mark.parametrize("text", ACCEPTED)
def test_a_valid_template_has_no_fault(text):
    assert faults(text, DIALECT) == []


REFUSED = {
    "{{ $cook": "the action has no end: add }}",
    "{{ $cook }": "the action has no end: add }}",
    "{{ if $cook }}": "an action has no end: add {{ end }}",
    "{{ end }}": "{{ end }} ends nothing: remove it",
    "{{ else }}": "{{ else }} ends nothing: remove it",
    "{{ if 1 }}{{ else }}{{ else }}{{ end }}": "a second else: remove it",
    "{{ if 1 }}{{ else with 1 }}{{ end }}{{ end }}": "else with in if: write {{ else }}",
    "{{ if }}{{ end }}": "a value is missing in if: add it",
    "{{ }}": "a value is missing in command: add it",
    "{{ shout }}": "shout has 0 arguments: pass 1",
    "{{ shout `a` `b` }}": "shout has 2 arguments: pass 1",
    "{{ `a` | shout `b` }}": "shout has 2 arguments: pass 1",
    "{{ shout .Labels }}": "shout gets the labels: pass a text",
    "{{ shuot `a` }}": "unknown function shuot: use shout",
    "{{ $cok }}": "unknown variable $cok: use $cook",
    "{{ $x = 1 }}": "unknown variable $x: use $",
    "{{ with $x := 1 }}{{ end }}{{ $x }}": "unknown variable $x: use $",
    "{{ define `menu` }}{{ $cook }}{{ end }}": "unknown variable $cook: use one of $",
    "{{ .Meal }}": "the kitchen has no field Meal: use Meals",
    "{{ .Labels.a.b }}": "a text has no field b: remove it",
    "{{ range .Meals }}{{ .Nam }}{{ end }}": "a meal has no field Nam: use Name",
    "{{ range $cook }}{{ end }}": "range over a text: use a list or a map",
    "{{ .Labels `a` }}": "Labels takes no arguments: remove them",
    "{{ $cook `a` }}": "a text takes no arguments: remove them",
    "{{ eq (first .Meals).Price 1 }}": (
        "eq compares a number with a whole number: use one kind, for example 1.0"
    ),
    "{{ eq .Labels `a` }}": "eq compares the labels: use a text or a number",
    "{{ template `row` . }}": "unknown template 'row': define it or use one of menu",
    "{{ template `a` }}{{ define `a` }}{{ .x }}{{ end }}": "nothing has no field x: remove it",
    "{{ template }}": "unexpected '}}' in template: correct it",
    "{{ if 1 }}{{ define `a` }}{{ end }}{{ end }}": (
        "define stands at the top level only: move it there"
    ),
    "{{ define `a` }}x{{ end }}{{ define `a` }}y{{ end }}": (
        "the template 'a' exists already: rename one"
    ),
    "{{ define `a` }}{{ end }}{{ break }}": "break is outside of range: remove it",
    "{{ $cook | 1 }}": "a value after | is no function: name one",
    "{{ | shout }}": "unexpected '|' in command: correct it",
    "{{ (shout `a` }}": "a parenthesis is open at the end of the action: close it",
    "{{ shout `a`) }}": "a closing parenthesis too many: remove it",
    '{{ "a }}': 'a text has no end: add "',
    "{{ `a }}": "a text has no end: add `",
    '{{ "\\q" }}': "unknown escape \\q: write \\\\q for a backslash",
    '{{ "\\ud800" }}': "\\ud800 is no character: correct it",
    '{{ "\\777" }}': "\\777 is no byte: correct it",
    "{{ 'ab' }}": "'ab' is not one character: write one",
    "{{ 1x }}": "'1x' is no number: correct it",
    "{{ 1+2i }}": "'1' is no number: correct it",
    "{{ 18446744073709551616 }}": "'18446744073709551616' is no number: correct it",
    "{{ $cook+1 }}": "unexpected character '+' after $cook: separate them by a space",
    "{{ a:b }}": "a colon alone: write := to declare a variable",
    "{{ $x, $y := 1 }}": "too many variables in command: use one",
    "{{/* a }}": "the comment has no end: add */}}",
    "{{/* a */ }}": "a comment fills its action: write }} directly after */",
    "{{ nil }}": "nil is no command: remove it",
    "{{ \u2028 }}": "unknown character '\\u2028': remove it",
    "a\nb\n{{ .Meal }}": "line 3: the kitchen has no field Meal: use Meals",
    "{{ not (" * 5000 + "1" + ") }}" * 5000: "a parenthesis is open",
    "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}": "too many nested levels: simplify it",
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: text[:40])
def test_a_wrong_template_is_refused_with_its_remedy(text):
    (fault,) = faults(text, DIALECT)[:1]

    assert fault.startswith(REFUSED[text])


def test_every_fault_of_a_parsed_template_is_reported_with_its_line():
    text = "{{ .Meal }}\n{{ shout }}\n{{ template `row` . }}"

    assert faults(text, DIALECT) == [
        "the kitchen has no field Meal: use Meals",
        "line 2: shout has 0 arguments: pass 1",
        "line 3: unknown template 'row': define it or use one of menu",
    ]


def test_a_template_that_nothing_executes_is_named():
    text = (
        "{{ define `menu` }}{{ template `row` . }}{{ end }}"
        "{{ define `row` }}{{ end }}{{ define `mneu` }}{{ end }}"
    )

    assert unused_templates(text, DIALECT) == ["mneu"]
