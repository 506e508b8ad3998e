"""Start the demo as a newcomer would, sign in as the first account of each role, and start it a second time."""

from __future__ import annotations

import http.cookiejar
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

HALL = sys.argv[1]
PORT = os.environ.get("SMOKE_PORT", "8017")
BASE = f"http://127.0.0.1:{PORT}"


def ready() -> bool:
    try:
        with urllib.request.urlopen(f"{BASE}/readyz", timeout=5) as answer:
            return json.load(answer)["ok"]
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def start(limit: int) -> tuple[subprocess.Popen, float]:
    """`make demo`, until /readyz says yes; gives the process and the seconds it took."""
    begun = time.monotonic()
    process = subprocess.Popen(["make", "demo"], cwd=HALL, env={**os.environ, "PORT": PORT}, start_new_session=True)
    while not ready():
        if process.poll() is not None:
            sys.exit(f"make demo ended with {process.returncode}")
        if time.monotonic() - begun > limit:
            os.killpg(process.pid, signal.SIGKILL)
            sys.exit(f"make demo was not ready after {limit} s")
        time.sleep(0.5)
    return process, time.monotonic() - begun


def stop(process: subprocess.Popen) -> None:
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def sign_in(account: dict) -> None:
    """Sign in over HTTP and open my desk."""
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    page = browser.open(f"{BASE}/sign-in/", timeout=120).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    form = {"username": account["username"], "password": account["password"], "csrfmiddlewaretoken": token}
    request = urllib.request.Request(
        f"{BASE}/sign-in/", urllib.parse.urlencode(form).encode(), {"Referer": f"{BASE}/sign-in/"}
    )
    browser.open(request, timeout=120)
    desk = browser.open(f"{BASE}/desk/", timeout=120)
    assert desk.url.endswith("/desk/"), f"{account['role']} was sent to {desk.url}"
    assert account["name"] in desk.read().decode(), f"the desk of {account['role']} does not greet"
    # What the first run wrote into the hall stays: it must have been written in the hall's language.
    inbox = browser.open(f"{BASE}/inbox/", timeout=20).read().decode()
    assert "投票" in inbox or account["role"] != "staff", "nothing in the inbox of the clerk is about the vote"
    assert not re.search(r">[^<]*(Voting|Recommendation|Public notice)", inbox), f"English in the inbox: {inbox}"


def main() -> None:
    process, seconds = start(240)
    print(f"first make demo: ready after {seconds:.0f} s")
    try:
        lines = subprocess.run(
            [".venv/bin/python", "manage.py", "accounts", "--json"],
            cwd=HALL,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()
        accounts = [json.loads(line) for line in lines]
        firsts = {account["role"]: account for account in reversed(accounts)}
        for account in firsts.values():
            sign_in(account)
        print(f"signed in as {len(firsts)} roles: {', '.join(sorted(firsts))}")
    finally:
        stop(process)
    process, seconds = start(60)
    stop(process)
    print(f"second make demo: ready after {seconds:.1f} s")
    assert seconds < 15, "a second make demo must start in under 15 s"


main()
