#!/usr/bin/python3
"""A camera for tests: GStreamer's RTSP server over one Annex-B file that loops, 25 fps.

    test-camera.py h264|h265 PORT FILE      serves rtsp://127.0.0.1:PORT/main until it is killed; prints "ready" when it listens

A file that is two clips of different size, one after the other, is a camera that changes its resolution in mid-stream.
"""
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

FRAME_NS = 40_000_000
CODEC, PORT, PATH = sys.argv[1:]


def is_picture(head):
    return (head >> 1) & 63 < 32 if CODEC == "h265" else 1 <= head & 31 <= 5


def access_units(data):
    """Access units of an Annex-B stream: each begins with its first slice, or what stands before that."""
    starts, at = [], data.find(b"\0\0\1")
    while at >= 0:
        starts.append(at - 1 if at > 0 and data[at - 1] == 0 else at)
        at = data.find(b"\0\0\1", at + 3)
    starts.append(len(data))
    units, current, has_picture = [], [], False
    for start, end in zip(starts, starts[1:]):
        head = start + (3 if data[start + 2] == 1 else 4)
        picture = is_picture(data[head])
        is_first = picture and data[head + (2 if CODEC == "h265" else 1)] & 0x80
        if has_picture and (not picture or is_first):
            units.append(b"".join(current))
            current, has_picture = [], False
        current.append(data[start:end])
        has_picture = has_picture or picture
    return units + [b"".join(current)]


class Camera:
    """The film goes on while nobody looks in between: who comes back finds what comes next."""

    place = 0


class Feed:
    def __init__(self, units):
        self.units, self.count = units, 0

    def need_data(self, source, _length):
        frame = Gst.Buffer.new_wrapped(self.units[Camera.place % len(self.units)])
        frame.pts = frame.dts = self.count * FRAME_NS
        frame.duration = FRAME_NS
        self.count += 1
        Camera.place += 1
        source.emit("push-buffer", frame)


Gst.init(None)
with open(PATH, "rb") as file:
    UNITS = access_units(file.read())
server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service(PORT)
factory = GstRtspServer.RTSPMediaFactory()
factory.set_launch(
    "( appsrc name=src format=time block=false max-bytes=400000 "
    f'caps="video/x-{CODEC},stream-format=byte-stream,alignment=au,framerate=25/1" '
    f"! {CODEC}parse ! rtp{CODEC}pay name=pay0 pt=96 config-interval=-1 )")
factory.set_shared(True)


def configure(_factory, media):
    media.feed = Feed(UNITS)
    media.get_element().get_by_name_recurse_up("src").connect("need-data", media.feed.need_data)


factory.connect("media-configure", configure)
server.get_mount_points().add_factory("/main", factory)
server.attach(None)
print("ready", flush=True)
GLib.MainLoop().run()
