"""The command line: `./dev` and everything after it."""
