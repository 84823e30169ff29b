"""The real service, model and index, as people and programs meet it: in a browser, through real clients (make e2e)."""
