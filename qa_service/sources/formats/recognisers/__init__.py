"""One reader for each shape of JSON that recognisers write."""
