"""The pages as a site: `python -m docs.site`."""
