"""Every setting: a default, bounds, one sentence. Read once by the composition root, handed down as arguments."""

import re
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ENV_PREFIX = "QA_SERVICE_"
HASHED = "sha256:"
_SUM = re.compile(HASHED + "[0-9a-fA-F]{64}")
_RATE = re.compile(r"[1-9][0-9]{0,8}/(?:second|minute|hour|day)")
_ORIGIN = r"https://[A-Za-z0-9.-]+(?::[0-9]{1,5})?"
_LANGUAGE = r"(?:\*|[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]+)*)"


class Settings(BaseSettings):
    """From environment variables `QA_SERVICE_…` and a `.env` file; the environment wins."""

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, env_file=".env", env_ignore_empty=True, extra="ignore")

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=1, le=65535, description="Port to listen on.")
    workers: int = Field(1, ge=1, le=64, description="Serving processes; they share the memory-mapped index.")
    source_dir: Path = Field(Path("source_texts"), description="Folder of the transcripts.")
    index_dir: Path = Field(Path("index"), description="Folder of the built index.")
    database_url: SecretStr | None = Field(
        None,
        description="Address of a PostgreSQL database that holds the index, such as `postgresql://qa@db/qa`; "
        "else a folder does.",
    )
    database_read_urls: SecretStr | None = Field(
        None,
        description="Addresses of replicas of that database, with commas between them, that questions are answered "
        "from; else the database itself.",
    )
    model: str = Field(
        "transcript-MiniLM-L6",
        min_length=1,
        description="Embedding model: a packaged one, a local sentence-transformers folder, or a hub name.",
    )
    model_languages: str | None = Field(
        None,
        pattern=rf"^\s*{_LANGUAGE}(?:\s*,\s*{_LANGUAGE})*\s*$",
        description="Languages that model knows, ISO 639 codes with commas between them, or `*` for any; "
        "else `en` for a packaged one, `*` for others.",
    )
    question_encoder: Literal["small", "whole"] = Field(
        "small",
        description="What encodes questions: the model's `small` encoder, where it has one, "
        "or the `whole` model, slower.",
    )
    index_factory: str = Field(
        "auto",
        min_length=1,
        description="FAISS factory string of the next build; `auto` is exact up to 50,000 statements.",
    )
    false_answers: Literal["5", "10", "20", "30"] = Field(
        "5",
        description="Percent of questions nobody answers, near misses mostly, that may be answered all the same.",
    )
    recent_questions: int = Field(
        1000,
        ge=0,
        le=100_000,
        description="Questions per worker whose rankings are kept to answer them again; 0: none.",
    )
    unready_when_overloaded: bool = Field(
        default=False, description="Whether `/health/ready` says 503 while more questions wait than are answered soon."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least severe message logged.")
    public_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s?#]+$",
        description="Address that clients reach the service at, for links in chat answers; else the request's own.",
    )
    api_keys: SecretStr | None = Field(
        None,
        description="Keys that may change the sources, with commas between them, each as itself or as its `sha256:…`; "
        "without, only this machine may.",
    )
    ask_keys: SecretStr | None = Field(
        None, description="Keys that may ask and read, in the same form; without, everybody may."
    )
    rate_limit: str | None = Field(
        None, description="Most requests of one key or address, such as `10/second` or `300/minute`; else no limit."
    )
    access_log: bool = Field(
        default=False, description="Whether each request is logged, as a line of JSON on standard output."
    )
    access_log_questions: bool = Field(
        default=False, description="Whether those lines hold the questions that were asked."
    )
    cors_origins: str | None = Field(
        None,
        description="Origins whose pages may call the service from a browser, with commas between them, or `*`.",
    )
    allowed_hosts: str | None = Field(
        None,
        description="Hosts besides this machine's own names that it answers to, with commas between them, "
        "such as `qa.example:*`.",
    )
    media_origins: str | None = Field(
        None,
        pattern=rf"^\s*{_ORIGIN}(?:\s*,\s*{_ORIGIN})*\s*$",
        description="Origins whose recordings the pages play, with commas between them, such as `https://media.example`.",
    )
    media_dir: Path | None = Field(
        None, description="Folder of recordings that the pages play and `/media/` serves; none by default."
    )
    llm_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s?#]+$",
        description="OpenAI-compatible base address of a language model that words chat answers; none by default.",
    )
    llm_model: str = Field("default", min_length=1, description="Name of that language model.")
    llm_key: SecretStr | None = Field(None, description="Key for that language model's server.")

    @field_validator("api_keys", "ask_keys")
    @classmethod
    def _holds_a_key(cls, keys: SecretStr | None) -> SecretStr | None:
        if keys is None:
            return None
        entries = [entry.strip() for entry in keys.get_secret_value().split(",") if entry.strip()]
        if not entries:
            raise ValueError("there is no key between the commas; name one, or leave the setting away")
        if any(entry.startswith(HASHED) and not _SUM.fullmatch(entry) for entry in entries):
            raise ValueError(f"behind {HASHED} come 64 hexadecimal digits; `qa-service key` makes a key with its sum")
        return keys

    @field_validator("rate_limit")
    @classmethod
    def _is_a_rate(cls, rate: str | None) -> str | None:
        if rate is not None and not _RATE.fullmatch(rate):
            raise ValueError("write a number and a time, such as 10/second, 300/minute, 5000/hour or 20000/day")
        return rate
