"""What every test may ask for."""

pytest_plugins = [
    "tests.plugins.clock",
    "tests.plugins.dev",
    "tests.plugins.need",
    "tests.plugins.rows",
    "tests.plugins.world",
]
