/* Every cell of the table of send types, and how received data maps to buffer types. */
#include "harness.h"

static const char *type_names[] = {"BINARY", "BINARY_FRAGMENT", "UTF8", "UTF8_FRAGMENT"};

/* What the server must see, or 87, for: sequence running (none, binary, text) x type sent. */
static const char *cells[3][4] = {
    {"binary:fin:3:abc", "binary:more:3:abc", "text:fin:3:abc", "text:more:3:abc"},
    {"cont:fin:3:abc", "cont:more:3:abc", NULL, NULL},
    {NULL, NULL, "cont:fin:3:abc", "cont:more:3:abc"},
};

static void send_types(int async) {
    int running, type;
    for (running = 0; running < 3; running++)
        for (type = 0; type < 4; type++) {
            recorder *r = rec_new();
            conn c;
            char row[64], text[128];
            DWORD error;
            int same = running == 1 ? BINF : TXTF, mark;
            snprintf(row, sizeof row, "sequence %d, type %s", running, type_names[type]);
            NEED(h_websocket(&c, async, "/frames", r));
            if (running) {
                EQ_ROW(row, h_send(&c, async, same, "start", 5), 0);
                EQ_STR(h_message(&c, async, text, sizeof text), running == 1 ? "binary:more:5:start" : "text:more:5:start");
            }
            mark = rec_mark(r);
            if (cells[running][type]) {
                EQ_ROW(row, h_send(&c, async, type, "abc", 3), 0);
                h_message(&c, async, text, sizeof text);
                if (strcmp(text, cells[running][type])) FAIL("%s: the server saw %s", row, text);
            } else {
                error = WinHttpWebSocketSend(c.ws, (WINHTTP_WEB_SOCKET_BUFFER_TYPE)type, (void *)"abc", 3);
                EQ_ROW(row, error, ERROR_INVALID_PARAMETER);
                EQ_ROW(row, rec_mark(r), mark);
                /* A rejected call changes nothing: the sequence goes on with its own type. */
                EQ_ROW(row, h_send(&c, async, same, "more", 4), 0);
                EQ_STR(h_message(&c, async, text, sizeof text), "cont:more:4:more");
                EQ_ROW(row, h_send(&c, async, same - 1, NULL, 0), 0);
                EQ_STR(h_message(&c, async, text, sizeof text), "cont:fin:0");
            }
            h_finish(&c);
        }
}
BOTH(send_types)

static void wrong_send_types(int async) {
    static const int types[] = {4, 5, 6, 255, -1};
    recorder *r = rec_new();
    conn c;
    size_t i;
    NEED(h_websocket(&c, async, "/frames", r));
    for (i = 0; i < sizeof types / sizeof *types; i++)
        EQ(WinHttpWebSocketSend(c.ws, (WINHTTP_WEB_SOCKET_BUFFER_TYPE)types[i], (void *)"abc", 3), ERROR_INVALID_PARAMETER);
    EQ(WinHttpWebSocketSend(c.ws, BIN, NULL, 3), ERROR_INVALID_PARAMETER);
    h_finish(&c);
}
BOTH(wrong_send_types)

static void ended_by_an_empty_frame(int async) {
    recorder *r = rec_new();
    conn c;
    char text[128];
    NEED(h_websocket(&c, async, "/frames", r));
    EQ(h_send(&c, async, BINF, "x", 1), 0);
    EQ_STR(h_message(&c, async, text, sizeof text), "binary:more:1:x");
    EQ(h_send(&c, async, BIN, NULL, 0), 0);
    EQ_STR(h_message(&c, async, text, sizeof text), "cont:fin:0");
    EQ(h_send(&c, async, TXT, "new", 3), 0);
    EQ_STR(h_message(&c, async, text, sizeof text), "text:fin:3:new");
    h_finish(&c);
}
BOTH(ended_by_an_empty_frame)

static void lengths_use_the_shortest_form(int async) {
    /* The server reads any form; the echo of many fragments proves the lengths, the sum the bytes. */
    static const DWORD sizes[] = {0, 1, 125, 126, 127, 128, 65535, 65536, 65537, 100000};
    static unsigned char out[100000];
    recorder *r = rec_new();
    conn c;
    char text[128], want[128];
    size_t i;
    h_pattern(out, sizeof out);
    NEED(h_websocket(&c, async, "/frames", r));
    for (i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        EQ(h_send(&c, async, BIN, out, sizes[i]), 0);
        h_message(&c, async, text, sizeof text);
        snprintf(want, sizeof want, "binary:fin:%u", (unsigned)sizes[i]);
        if (strncmp(text, want, strlen(want))) FAIL("sent %s, the server saw %s", want, text);
    }
    h_finish(&c);
}
BOTH(lengths_use_the_shortest_form)

/* One Receive: its bytes and type. */
static void piece(conn *c, int async, DWORD size, DWORD bytes, int type, const char *what) {
    static unsigned char buffer[1 << 16];
    got g = h_receive(c, async, buffer, size);
    if (g.error || g.bytes != bytes || g.type != type)
        FAIL("%s: error %u, %u bytes, type %d; not %u bytes, type %d", what, (unsigned)g.error, (unsigned)g.bytes, g.type, (unsigned)bytes, type);
}

static void message_of_256_in_a_buffer_of_128(int async) {
    int binary;
    for (binary = 0; binary < 2; binary++) {
        recorder *r = rec_new();
        conn c;
        NEED(h_websocket(&c, async, binary ? "/send/binary/256" : "/send/text/256", r));
        piece(&c, async, 128, 128, binary ? BINF : TXTF, "first");
        piece(&c, async, 128, 128, binary ? BIN : TXT, "second");
        /* No extra empty message: what comes next is the echo of this. */
        EQ(h_send(&c, async, TXT, "next", 4), 0);
        piece(&c, async, 128, 4, TXT, "next");
        h_finish(&c);
    }
}
BOTH(message_of_256_in_a_buffer_of_128)

static void exact_fit_is_one_message(int async) {
    recorder *r = rec_new();
    conn c;
    NEED(h_websocket(&c, async, "/send/binary/128", r));
    piece(&c, async, 128, 128, BIN, "exact");
    EQ(h_send(&c, async, TXT, "next", 4), 0);
    piece(&c, async, 128, 4, TXT, "next");
    h_finish(&c);
}
BOTH(exact_fit_is_one_message)

static void one_byte_at_a_time(int async) {
    recorder *r = rec_new();
    conn c;
    int i;
    NEED(h_websocket(&c, async, "/send/text/20", r));
    for (i = 0; i < 19; i++) piece(&c, async, 1, 1, TXTF, "a byte");
    piece(&c, async, 1, 1, TXT, "the last byte");
    h_finish(&c);
}
BOTH(one_byte_at_a_time)

/* The peer's fragments: non-final ones arrive as FRAGMENT, the final as MESSAGE, of the first frame's family. */
static void frames_of_the_peer(int async) {
    int binary;
    for (binary = 0; binary < 2; binary++) {
        recorder *r = rec_new();
        conn c;
        int more = binary ? BINF : TXTF, last = binary ? BIN : TXT;
        NEED(h_websocket(&c, async, binary ? "/send/binary/300/100" : "/send/text/300/100", r));
        piece(&c, async, 1000, 100, more, "first frame");
        piece(&c, async, 1000, 100, more, "second frame");
        piece(&c, async, 1000, 100, last, "final frame");
        h_finish(&c);
    }
}
BOTH(frames_of_the_peer)

static void frames_and_a_smaller_buffer(int async) {
    recorder *r = rec_new();
    conn c;
    NEED(h_websocket(&c, async, "/send/binary/200/100", r));
    piece(&c, async, 60, 60, BINF, "1 of 4");
    piece(&c, async, 60, 40, BINF, "2 of 4");
    piece(&c, async, 60, 60, BINF, "3 of 4");
    piece(&c, async, 60, 40, BIN, "4 of 4");
    h_finish(&c);
}
BOTH(frames_and_a_smaller_buffer)

static void empty_messages_and_frames(int async) {
    recorder *r = rec_new();
    conn c;
    /* text "", binary "", then text: "ab" more, "" more, "" final */
    NEED(h_websocket(&c, async, "/raw/8100820001026162000080000000", r));
    piece(&c, async, 100, 0, TXT, "empty text");
    piece(&c, async, 100, 0, BIN, "empty binary");
    piece(&c, async, 100, 2, TXTF, "fragment");
    piece(&c, async, 100, 0, TXTF, "empty fragment");
    piece(&c, async, 100, 0, TXT, "empty final frame");
    h_finish(&c);
}
BOTH(empty_messages_and_frames)

/* Bytes one by one on the wire: a message that fits the buffer still comes whole. */
static void slow_bytes_come_as_one_message(int async) {
    recorder *r = rec_new();
    conn c;
    NEED(h_websocket(&c, async, "/raw/810568656c6c6f?slow", r));
    piece(&c, async, 100, 5, TXT, "hello");
    h_finish(&c);
}
BOTH(slow_bytes_come_as_one_message)

/* A character split between two frames and between two buffers stays valid text. */
static void split_characters(int async) {
    recorder *r = rec_new();
    conn c;
    unsigned char a[4], b[4];
    got g;
    /* text f0 9f more | a6 80 final */
    NEED(h_websocket(&c, async, "/raw/0102f09f8002a680", r));
    g = h_receive(&c, async, a, 1);
    EQ(g.error, 0);
    EQ(g.type, TXTF);
    g = h_receive(&c, async, a + 1, 3);
    EQ(g.error, 0);
    EQ(g.bytes, 1);
    g = h_receive(&c, async, b, 4);
    EQ(g.error, 0);
    EQ(g.bytes, 2);
    EQ(g.type, TXT);
    EXPECT(a[0] == 0xf0 && a[1] == 0x9f && b[0] == 0xa6 && b[1] == 0x80);
    h_finish(&c);
}
BOTH(split_characters)

static void unusual_but_valid_frames(int async) {
    recorder *r = rec_new();
    conn c;
    /* non-minimal lengths: 16 bit for 2, 64 bit for 3; a pong out of the blue; a ping of 125 bytes would do too */
    NEED(h_websocket(&c, async, "/raw/827e00026162827f00000000000000036364658a03616263820166", r));
    piece(&c, async, 100, 2, BIN, "16-bit length");
    piece(&c, async, 100, 3, BIN, "64-bit length");
    piece(&c, async, 100, 1, BIN, "after the pong");
    h_finish(&c);
}
BOTH(unusual_but_valid_frames)

static void tiny_buffers_by_option(int async) {
    recorder *r = rec_new();
    conn c;
    DWORD n = 16, i;
    static unsigned char out[50000], back[50000];
    NEED(h_prepare(&c, async, "plain", "/echo?frag=999", r, 1));
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_WEB_SOCKET_SEND_BUFFER_SIZE, &n, sizeof n));
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_WEB_SOCKET_RECEIVE_BUFFER_SIZE, &n, sizeof n));
    NEED(h_upgrade(&c, async) == 0);
    h_pattern(out, sizeof out);
    EQ(h_send(&c, async, BIN, out, sizeof out), 0);
    for (i = 0; i < sizeof back;) {
        got g = h_receive(&c, async, back + i, (DWORD)sizeof back - i);
        NEED(g.error == 0 && g.bytes > 0);
        i += g.bytes;
        if (i == sizeof back) EQ(g.type, BIN);
    }
    EXPECT(!memcmp(out, back, sizeof out));
    h_finish(&c);
}
BOTH(tiny_buffers_by_option)

TESTS {
    CASE2(send_types);
    CASE2(wrong_send_types);
    CASE2(ended_by_an_empty_frame);
    CASE2(lengths_use_the_shortest_form);
    CASE2(message_of_256_in_a_buffer_of_128);
    CASE2(exact_fit_is_one_message);
    CASE2(one_byte_at_a_time);
    CASE2(frames_of_the_peer);
    CASE2(frames_and_a_smaller_buffer);
    CASE2(empty_messages_and_frames);
    CASE2(slow_bytes_come_as_one_message);
    CASE2(split_characters);
    CASE2(unusual_but_valid_frames);
    CASE2(tiny_buffers_by_option);
}
END_TESTS
