"""
Go's `text/template`, as Prometheus and Alertmanager use it.

The parser follows Go 1.26. It refuses what Go refuses when it parses, and also what would fail when
the template is executed: unknown fields, a wrong number of arguments, an unknown template.
"""

from systems.go_template.checking import Dialect, faults, unused_templates
from systems.go_template.shapes import Function, Method, Shape

__all__ = ["Dialect", "Function", "Method", "Shape", "faults", "unused_templates"]
