"""Gigabytes: GET /N sends N bytes, anything with a Content-Length is read to its end and counted. Blocking sockets and a
thread for each connection, for that is quickest."""
import re
import socket
import threading

BLOCK = 1 << 20
PATTERN = bytes((i * 7 + i // 251) % 256 for i in range(BLOCK))


def start():
    """The port it listens on."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(16)
    threading.Thread(target=accept, args=(listener,), daemon=True).start()
    return listener.getsockname()[1]


def accept(listener):
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=guarded, args=(connection,), daemon=True).start()


def guarded(connection):
    with connection:
        try:
            while serve(connection):
                pass
        except OSError:
            pass


def serve(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(BLOCK)
        if not more:
            return False
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: *(\d+)", head)
    left = int(length[1]) - len(body) if length else 0
    got = len(body)
    room = bytearray(BLOCK)
    while left > 0:
        n = connection.recv_into(room, min(left, BLOCK))
        if not n:
            return False
        left -= n
        got += n
    size = int(re.match(rb"\S+ /(\d+)", head)[1])
    if head.startswith(b"GET"):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
        view = memoryview(PATTERN)
        while size > 0:
            connection.sendall(view[: min(size, BLOCK)])
            size -= BLOCK
    else:
        answer = b"%d" % got
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(answer), answer))
    return True
