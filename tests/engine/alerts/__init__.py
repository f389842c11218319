"""Rules and routing, judged by the tools of the very servers that take them."""
