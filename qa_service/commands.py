"""The commands and their options."""

import argparse
from pathlib import Path

from qa_service import __version__
from qa_service.options import GROUPS, ORDERS


def parser() -> argparse.ArgumentParser:
    """What the command line takes."""
    whole = argparse.ArgumentParser("qa-service", description="Ask transcripts; get verbatim statements.")
    whole.add_argument("--version", action="version", version=__version__)
    commands = whole.add_subparsers(dest="command", required=True)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--source-dir", type=Path, help="folder of the transcripts")
    common.add_argument("--index-dir", type=Path, help="folder of the built index")
    common.add_argument("--model", help="embedding model")
    build = commands.add_parser("build", parents=[common], help="sources to index")
    build.add_argument("--json", action="store_true", help="print what was built and refused, or why not")
    build.add_argument("--watch", action="store_true", help="go on, and build whenever the folder has changed")
    serve = commands.add_parser("serve", parents=[common], help="answer over HTTP (builds first where needed)")
    serve.add_argument("--host", help="address to listen on")
    serve.add_argument("--port", type=int, help="port to listen on")
    serve.add_argument("--workers", type=int, help="serving processes")
    commands.add_parser("mcp", parents=[common], help="tools for a desktop client, over standard input and output")
    inspect = commands.add_parser("inspect", help="how a transcript is read: its turns, who asks, what is doubtful")
    inspect.add_argument("file", type=Path, help="a transcript; metadata are read from the .json beside it")
    inspect.add_argument("--json", action="store_true", help="print what PUT …?dry_run=true returns")
    _add_database(commands, common)
    commands.add_parser("key", help="make a key for QA_SERVICE_API_KEYS or QA_SERVICE_ASK_KEYS, and its sum")
    ask = commands.add_parser("ask", parents=[common], help="answer one question without a server")
    ask.add_argument("question")
    ask.add_argument("--json", action="store_true", help="print what /v1/ask returns")
    ask.add_argument("--top-k", type=int, default=3, help="how many statements at most (3)")
    ask.add_argument("--speaker", action="append", default=[], help="only what this person says; may be repeated")
    ask.add_argument("--from", dest="start", metavar="DATE", help="only what was said from this year, month or day on")
    ask.add_argument("--to", dest="end", metavar="DATE", help="only what was said up to this year, month or day")
    ask.add_argument("--tag", action="append", default=[], help="only documents with this tag; may be repeated")
    ask.add_argument("--order", choices=ORDERS, default="relevance", help="of the best statements (relevance)")
    ask.add_argument("--group-by", choices=GROUPS, help="the best statement of each document")
    ask.add_argument("--min-confidence", type=float, help="0 never abstains")
    return whole


def _add_database(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser
) -> None:
    database = commands.add_parser("database", parents=[common], help="the index in PostgreSQL")
    actions = database.add_subparsers(dest="action", required=True)
    actions.add_parser("migrate", help="make the tables, or bring them up to this version")
    actions.add_parser("load", help="load the folder's index beside what is there, and answer from it")
    actions.add_parser("dump", help="write what is answered from into the index folder")
    actions.add_parser("versions", help="list what is there")
    actions.add_parser("use", help="answer from another version").add_argument("version", nargs="?", metavar="NAME")
    actions.add_parser("prune", help="drop all versions but the one answered from and the one before it")
