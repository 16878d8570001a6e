"""Opens a page of another origin in a headless Chromium and checks that its script could read every answer.

The real service sent errors without CORS headers, so that web clients saw a network failure instead of the reason.
"""

import html
import http.server
import json
import re
import subprocess
import sys
import tempfile
import threading

from gateway import HOST, SANDBOX_KEY, day

# What the page fetches, and what it must be able to read.
SEARCH = "/api/v2/appointment/sessions/public/calendarByDistrict?district_id=141&date="
EXPECTED = [
    ("a search", SEARCH + day(0), {}, 200, '{"centers":['),
    ("an error", SEARCH + "tomorrow", {}, 400, '"errorCode"'),
    ("a request without a token", "/api/v2/appointment/beneficiaries", {}, 401, "Unauthenticated access!"),
    # A header of its own makes the browser ask first (preflight).
    ("a search with a key", SEARCH + day(0), {"x-api-key": SANDBOX_KEY}, 200, '{"centers":['),
    ("a request with a bad token", "/api/v2/appointment/beneficiaries", {"Authorization": "Bearer x"}, 401, "Unauth"),
    ("a path that is none", "/api/v2/nothing", {}, 404, '"errorCode"'),
]

PAGE = """<!doctype html><meta charset="utf-8"><pre id="read"></pre><script>
const read = ({ url, headers }) => fetch(url, { headers })
  .then(async answer => ({ status: answer.status, body: (await answer.text()).slice(0, 200) }))
  .catch(error => ({ status: 0, body: String(error) }));
Promise.all(REQUESTS.map(read)).then(all => {
  document.getElementById("read").textContent = JSON.stringify(all);
});
</script>"""


class Site(http.server.BaseHTTPRequestHandler):
    """The other origin: one page."""

    def do_GET(self):
        requests = [{"url": HOST + path, "headers": headers} for _, path, headers, _, _ in EXPECTED]
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(PAGE.replace("REQUESTS", json.dumps(requests)).encode())

    def log_message(self, *_):
        pass


def dom(chromium, url):
    """The page after its script has run."""
    with tempfile.TemporaryDirectory() as profile:
        flags = (
            "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
            "--disable-component-update --disable-sync --virtual-time-budget=20000 --dump-dom"
        )
        command = [chromium, *flags.split(), f"--user-data-dir={profile}", url]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout


def main():
    site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    page = dom(sys.argv[1], f"http://127.0.0.1:{site.server_port}/")
    shown = re.search(r'<pre id="read">(.*?)</pre>', page, re.S)
    assert shown and shown.group(1), f"the page's script did not finish: {page}"
    answers = json.loads(html.unescape(shown.group(1)))
    for (what, _, _, status, text), answer in zip(EXPECTED, answers, strict=True):
        assert answer["status"] == status and text in answer["body"], f"{what}: {answer}"
        print(f"a page of another origin reads {what}: {status}")


main()
