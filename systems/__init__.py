"""
What the systems that this repository configures accept: names, ranges, texts and templates.

The door (`settings`, `catalog`) and the library (`components`) refuse the same values, because both
ask this room. It contains rules only: it reads no file and imports no other room.
"""
