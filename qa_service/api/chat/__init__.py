"""The OpenAI-compatible chat: what is asked, how it is replied to, follow-ups."""
