"""The open index of a process: the one thread that answers, the watch for newer versions, the look at its files."""
