"""What `manage.py bench rules` runs beside each other: the floor, this system, pandera on polars, plain pandas."""
