"""The API's documentation of itself: OpenAPI from the declared routes, and a page to read and try it."""
