"""The shapes that flow from evidence to page: frozen, plain, and JSON."""
