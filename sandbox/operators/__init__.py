"""The operators of a real cluster: they turn objects of the API into the files of servers."""
