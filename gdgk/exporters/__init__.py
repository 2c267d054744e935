"""nbconvert exporters; each is found by its entry point, so plain ``jupyter nbconvert --to NAME`` works."""
