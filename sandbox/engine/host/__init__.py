"""
A language host of Pulumi for Python, for machines that cannot download the released one.

It runs, previews and installs programs as the released host does. It generates no code, starts no
debugger and no type checker, and supports pip and uv: it refuses anything else with a reason.
"""
