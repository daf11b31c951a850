#!/usr/bin/env python3
"""Follows the live stream of community-lookout and keeps a copy of what it shows.

    LOOKOUT_TOKEN=... python3 live_client.py http://127.0.0.1:8080 stations merchants

Needs python-socketio with its client (Debian: python3-socketio python3-websocket). The token is one that an
administrator made for an integration. Prints one line a change; docs/protocol.md says what each field means.
"""

import json
import os
import sys
import threading
import urllib.request

import socketio

ORIGIN = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080"
LAYERS = sys.argv[2:] or ["stations"]
TOKEN = os.environ["LOOKOUT_TOKEN"]
# Stop after this many changes; 0 goes on for ever.
LIMIT = int(os.environ.get("LOOKOUT_LIMIT", "0"))

records = {}  # layer -> id -> record: what the server shows us
loaded = {}  # layer -> seq that its snapshot holds
place = None  # {"epoch", "seq"}: where we are in the log
printed = 0
joining = False
done = threading.Event()
lock = threading.RLock()
client = socketio.Client()


def load_snapshot(layer, path):
    request = urllib.request.Request(ORIGIN + path, headers={"Authorization": "Bearer " + TOKEN})
    with urllib.request.urlopen(request) as response:
        snapshot = json.load(response)
    records[layer] = {record["id"]: record for record in snapshot["records"]}
    loaded[layer] = snapshot["seq"]
    print(json.dumps({"loaded": layer, "records": len(records[layer]), "seq": snapshot["seq"]}), flush=True)


def apply(change):
    layer = records.get(change["layer"])
    # A server may send layers that we did not ask for, and changes that our snapshot holds already.
    if layer is None or change["seq"] <= loaded.get(change["layer"], 0):
        return False
    if change["op"] == "remove":
        layer.pop(change["id"], None)
    elif change["op"] == "put":
        layer[change["id"]] = {"id": change["id"], "observedAt": change["observedAt"], **change["fields"]}
    else:
        layer[change["id"]].update(change["fields"], observedAt=change["observedAt"])
    return True


def join():
    global place, joining
    joining = True
    request = {"protocol": 1, "layers": LAYERS, "encoding": "json"}
    if place is not None:
        request["since"] = place
    reply = client.call("join", request, namespace="/live", timeout=20)
    if not reply["ok"]:
        print(json.dumps(reply), flush=True)
        client.disconnect()
        done.set()
        return
    with lock:
        place = {"epoch": reply["epoch"], "seq": reply["seq"]}
        for layer, path in reply["snapshots"].items():
            load_snapshot(layer, path)
        joining = False


@client.on("connect", namespace="/live")
def connected():
    # Not in this callback's own thread: the answer to join comes in on it.
    client.start_background_task(join)


@client.on("delta", namespace="/live")
def delta(message):
    global joining, printed
    with lock:
        if joining or place is None or message["toSeq"] <= place["seq"]:
            return
        if message["fromSeq"] > place["seq"] + 1:
            # Something was lost: ask again from where we are.
            joining = True
            client.start_background_task(join)
            return
        for change in message["changes"]:
            if apply(change):
                print(json.dumps(change, ensure_ascii=False), flush=True)
                printed += 1
        place["seq"] = message["toSeq"]
        client.emit("ack", {"seq": place["seq"]}, namespace="/live")
        if LIMIT and printed >= LIMIT:
            done.set()


@client.on("ended", namespace="/live")
def ended(message):
    print(json.dumps({"ended": message["code"]}), flush=True)
    if message["code"] == "session_ended":
        done.set()


# The library connects again by itself after a break; `connect` then joins with what we have.
client.connect(ORIGIN, namespaces=["/live"], transports=["websocket"], auth={"token": TOKEN})
done.wait()
client.disconnect()
