"""The servers Coeffection is measured beside, each in a process of its own."""
