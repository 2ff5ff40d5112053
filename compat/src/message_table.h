/* The tables of message texts. */
#ifndef COMPAT_MESSAGE_TABLE_H
#define COMPAT_MESSAGE_TABLE_H

#include "internal.h"

struct message_text {
    DWORD number;
    const char *text;
};

LOCAL extern const struct message_text system_texts[], winhttp_texts[];
LOCAL extern const unsigned system_text_count, winhttp_text_count;

#endif
