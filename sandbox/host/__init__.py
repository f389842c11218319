"""
Pulumi's language host for Python, for where the released one cannot be downloaded.

It runs, previews and installs programs as the released host does. It generates no code, starts no
debugger and no type checker, and knows pip and uv: asked for anything else, it says so.
"""
