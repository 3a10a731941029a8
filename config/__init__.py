"""The project package. It imports nothing: `config.bootstrap` must load before the packages are installed."""
