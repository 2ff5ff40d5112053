/* Test only. In place of the system's DHCP client: says what the test program has told it to say, to whoever asks for
 * option 252 in the way that Microsoft documents. */
#include <windows.h>

typedef struct param {
    ULONG flags, option;
    BOOL is_vendor;
    BYTE *data;
    DWORD size;
} param;
typedef struct params {
    ULONG count;
    param *list;
} params;

static char answer[4096];
static DWORD answer_size, answer_error;
static LONG asked, users;

void answer_with(const char *text, DWORD size, DWORD error) {
    memcpy(answer, text, size);
    answer_size = size;
    answer_error = error;
    asked = 0;
}

int times_asked(void) { return asked; }

DWORD WINAPI DhcpCApiInitialize(DWORD *version) {
    *version = 2;
    InterlockedIncrement(&users);
    return 0;
}

void WINAPI DhcpCApiCleanup(void) { InterlockedDecrement(&users); }

DWORD WINAPI DhcpRequestParams(DWORD flags, void *reserved, WCHAR *adapter, void *class_id, params sent, params wanted, BYTE *buffer, DWORD *size,
                               WCHAR *id) {
    if (flags != 2 || reserved || !adapter || adapter[0] != '{' || class_id || sent.count || wanted.count != 1 || !buffer || !size || id)
        return ERROR_INVALID_PARAMETER;
    if (wanted.list->option != 252 || wanted.list->is_vendor || users < 1) return ERROR_INVALID_PARAMETER;
    InterlockedIncrement(&asked);
    if (answer_error) return answer_error;
    if (*size < answer_size + 4) {
        *size = answer_size + 4;
        return ERROR_MORE_DATA;
    }
    /* Not at the beginning. */
    memcpy(buffer + 4, answer, answer_size);
    wanted.list->data = buffer + 4;
    wanted.list->size = answer_size;
    return 0;
}
