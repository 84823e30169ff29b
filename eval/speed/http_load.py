"""Load on a server over HTTP: wrk with distinct questions, and what the server's processes take meanwhile."""

import json
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_LUA = """
local lines = {}
for line in io.lines("%s") do lines[#lines + 1] = line end
local n = 0
wrk.headers["Content-Type"] = "application/json"
function request()
  n = n + 1
  local line = lines[n %% #lines + 1]
  if line:sub(1, 1) == "{" then return wrk.format("POST", nil, nil, line) end
  return wrk.format("GET", line)
end
function done(s, l)
  local errors = s.errors.status + s.errors.connect + s.errors.read + s.errors.timeout
  print(string.format("RESULT %%f %%f %%f %%f %%d", s.requests / s.duration * 1e6,
    l:percentile(50) / 1e3, l:percentile(95) / 1e3, l:percentile(99) / 1e3, errors))
end
"""
_RESULT = re.compile(r"RESULT (\S+) (\S+) (\S+) (\S+) (\d+)")


@dataclass(frozen=True, slots=True)
class Load:
    """What clients saw: requests a second, milliseconds within which shares of them were answered, failed requests."""

    rate: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    errors: int


@dataclass(frozen=True, slots=True)
class Server:
    """A server to start: its command, environment, the path that is 200 once it answers, where questions go."""

    command: Sequence[str]
    port: int
    ready: str
    ask: str
    environment: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Running:
    """A started server: seconds until it was ready, and its process."""

    started_s: float
    pid: int

    def memory_mb(self) -> list[float]:
        """Proportional set of each of its processes that hold more than 30 MB, in megabytes."""
        pids = [self.pid, *_children(self.pid)]
        sizes = [_proportional_set(pid) for pid in pids]
        return sorted((size for size in sizes if size > 30), reverse=True)


@contextmanager
def running(server: Server, log: Path) -> Iterator[Running]:
    """Start a server, wait until it answers, end it. Raises RuntimeError when it does not within two minutes."""
    begun = time.perf_counter()
    with log.open("w") as output:
        process = subprocess.Popen(server.command, env=dict(server.environment), stdout=output, stderr=output)
    try:
        while not _answers(f"http://127.0.0.1:{server.port}{server.ready}"):
            if process.poll() is not None or time.perf_counter() - begun > 120:
                raise RuntimeError(f"{' '.join(server.command)} did not start; see {log}")
            time.sleep(0.02)
        yield Running(time.perf_counter() - begun, process.pid)
    finally:
        process.terminate()
        process.wait(30)


def put_load(server: Server, lines: Sequence[str], clients: int, seconds: float, scratch: Path) -> Load:
    """Ask `lines` (JSON bodies to post, or paths to get) over and over with so many clients at once.

    Raises RuntimeError when wrk is missing.
    """
    if shutil.which("wrk") is None:
        raise RuntimeError("wrk makes the load and is not installed; on Debian: apt-get install wrk")
    asked, script = scratch / "asked.txt", scratch / "ask.lua"
    asked.write_text("\n".join(lines), encoding="utf-8")
    script.write_text(_LUA % asked, encoding="utf-8")
    url = f"http://127.0.0.1:{server.port}{server.ask}"
    command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds:g}s", "--timeout", "20s", "-s", str(script), url]
    found = _RESULT.search(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    if found is None:
        raise RuntimeError("wrk gave no result")
    return Load(float(found[1]), float(found[2]), float(found[3]), float(found[4]), int(found[5]))


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310 - our own loopback address
            return bool(json.load(response) is not None)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def _children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in found]


def _proportional_set(pid: int) -> float:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1000
    return 0.0
