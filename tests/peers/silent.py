"""Ports on which nothing is said, or not by every address of this machine."""
import socket


def ports(numbers):
    """Fills in `mute`, which takes connections, reads nothing and says nothing (nobody accepts them), and `full`."""
    mute = socket.socket()
    mute.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    mute.bind(("127.0.0.1", 0))
    mute.listen(1024)
    full = socket.socket()
    full.bind(("127.0.0.1", 0))
    numbers["mute"], numbers["full"] = mute.getsockname()[1], full.getsockname()[1]
    return [mute, *fill(full)]


def fill(listener):
    """Fills the queue of connections: the system leaves further ones without an answer."""
    listener.listen(0)
    fillers = [socket.socket(listener.family) for _ in range(4)]
    for filler in fillers:
        filler.setblocking(False)
        filler.connect_ex(listener.getsockname())
    return [listener, *fillers]


def pairs(numbers, held):
    """Ports whose number means 127.0.0.1 and ::1, each differently. Gives the sockets of 127.0.0.1 that a server is
    to listen on.

    no6      ::1 refuses, 127.0.0.1 is served
    slow6    ::1 does not answer, 127.0.0.1 is served
    silent6  ::1 does not answer, 127.0.0.1 refuses
    """
    served = []
    for name in ("no6", "slow6", "silent6"):
        four, six = pair()
        numbers[name] = four.getsockname()[1]
        # Bound and not listening, a socket refuses and keeps the number.
        held += [four, six] if name == "no6" else [four, *fill(six)]
        if name != "silent6":
            served.append(four)
    return served


def pair():
    while True:
        four, six = socket.socket(), socket.socket(socket.AF_INET6)
        four.bind(("127.0.0.1", 0))
        six.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        try:
            six.bind(("::1", four.getsockname()[1]))
            return four, six
        except OSError:
            four.close()
            six.close()
