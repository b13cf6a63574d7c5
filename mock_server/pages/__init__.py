"""The pages under `/__admin/`: what they show and do, and their templates."""
