"""What is sent and received as JSON, and how answers become that."""
