"""What a schema cannot say, for schemathesis: values that must fit each other, the clock, or what is configured and stored.

A good request of the generator keeps everything else; a bad one is sent as it is. No check and no answer is touched.
"""

from datetime import datetime, timedelta, timezone

import requests
import schemathesis

FIRST = datetime(1970, 1, 1, tzinfo=timezone.utc)
LAST = datetime(9999, 12, 31, tzinfo=timezone.utc)
LONGEST = {
    "/history": timedelta(days=400),
    "/history/{service}": timedelta(days=31),
    "/series/{service}": timedelta(days=3660),
    "/outages/{service}": timedelta(days=400),
    "/timeline": timedelta(days=400),
}
OPEN = "/history"


def parse(text):
    return datetime.fromisoformat(text.upper())


def written(instant):
    return instant.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.path == "/events":
        listen_shortly(case)
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    now = datetime.now(timezone.utc)
    if case.query and case.path in LONGEST:
        fit_range(case.query, now, LONGEST[case.path], case.path == OPEN)
    if case.query and case.path == "/history" and "service" in case.query:
        case.query["service"] = "tools"
    if case.query and "before" in case.query:
        fit_cursor(case, kwargs)
    if case.query and "at" in case.query:
        case.query["at"] = written(min(parse(case.query["at"]), now - timedelta(seconds=10)))
        case.query.pop("fresh", None)
    if case.query and case.path == "/uptime":
        fit_uptime(case.query)
    if case.query and case.path == "/report":
        fit_report(case.query, now)
    if isinstance(case.body, dict) and case.path == "/marks":
        fit_mark(case.body, now)
    if case.path == "/wait":
        fit_wait(case)
    if case.query and case.path == "/route":
        fit_route(case.query)
    if isinstance(case.body, dict) and case.path in ("/silences", "/maintenance"):
        fit_draft(case.body, now)


def fit_range(query, now, longest, is_open):
    """since < until, and not too far apart; without until it is now, or open."""
    if "until" not in query and "since" in query and not is_open:
        since = parse(query["since"])
        query["since"] = written(min(max(since, now - longest + timedelta(hours=1)), now - timedelta(hours=1)))
    elif "until" in query:
        until = max(parse(query["until"]), FIRST + timedelta(seconds=1))
        if "since" in query:
            since = parse(query["since"])
            since, until = min(since, until), max(since, until)
            since = min(since, LAST - longest)
            query["since"] = written(since)
            until = min(max(until, since + timedelta(seconds=1)), since + longest)
        query["until"] = written(until)


def listen_shortly(case):
    """Nobody listens for an hour; a time that is refused stays as it is."""
    timeout = str((case.query or {}).get("timeout", "3600"))
    if timeout.isdigit() and 1 <= int(timeout) <= 3600:
        case.query = {**(case.query or {}), "timeout": "1"}


def fit_route(query):
    """For what is configured. Nothing is well here, so who asks strictly is answered 503, which is a fault to this program."""
    if "capability" in query:
        query["capability"] = "llm"
    query.pop("strict", None)


def fit_wait(case):
    """For what is configured, and not for minutes."""
    case.query = {**(case.query or {}), "timeout": "0"}
    if "capability" in case.query:
        case.query = {"timeout": "0", "capability": "llm"}
    if "service" in case.query:
        case.query["service"] = "tools"


def fit_cursor(case, kwargs):
    """A real one of the same query, where there is a second page."""
    filters = {name: value for name, value in case.query.items() if name != "before"}
    headers = dict(kwargs.get("headers") or {})
    answer = requests.get(case.operation.base_url + case.path, params={**filters, "limit": 1}, headers=headers, timeout=10)
    cursor = answer.json().get("next_cursor")
    if cursor is None:
        del case.query["before"]
    else:
        case.query["before"] = cursor


def fit_draft(body, now):
    """Times in the near future, in order, a zone that exists, and services whether there are any or not."""
    body["allow_empty"] = True
    schedule = body.get("schedule", body)
    if "starts_at" in schedule:
        schedule["starts_at"] = written(now + timedelta(minutes=5))
    if "ends_at" in schedule:
        schedule["ends_at"] = written(now + timedelta(hours=1))
    if "until" in schedule:
        schedule["until"] = written(now + timedelta(days=1))
    if "zone" in schedule:
        schedule["zone"] = "Europe/Berlin"


def fit_uptime(query):
    """A zone that exists, and a service that is configured."""
    if "tz" in query:
        query["tz"] = "Europe/Berlin"
    if "service" in query:
        query["service"] = "tools"


def fit_report(query, now):
    """A service that is configured, and from before to, both in the past."""
    if "service" in query:
        query["service"] = "tools"
    if "to" in query:
        query["to"] = written(min(max(parse(query["to"]), FIRST + timedelta(days=1)), now))
    if "from" in query:
        until = parse(query["to"]) if "to" in query else now
        query["from"] = written(max(until - timedelta(days=300), min(parse(query["from"]), until - timedelta(hours=1))))


def fit_mark(body, now):
    """Not in the future, about a service that is configured."""
    if "at" in body:
        body["at"] = written(min(parse(body["at"]), now))
    if "service" in body:
        body["service"] = "tools"
