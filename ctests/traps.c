/* What client programs rely on and implementers get wrong: the rows of http spec section 11 that no other program here
 * tests, and what real programs (tests/programs) have shown. */
#include "http.h"

/* Inside the notice of a redirect the response that redirects can be queried: programs take its cookies there. */
static char seen_location[256], seen_cookie[256];
static DWORD seen_status;
static void a_redirect_can_be_queried_hook(recorder *r, const h_record *e) {
    (void)r;
    if (e->status != STATUS(REDIRECT)) return;
    seen_status = h_status(e->handle);
    snprintf(seen_location, sizeof seen_location, "%s", x_header(e->handle, "Location"));
    snprintf(seen_cookie, sizeof seen_cookie, "%s", x_header(e->handle, "Set-Cookie"));
}
static void a_redirect_can_be_queried_in_its_notice(int async) {
    conn c;
    seen_status = 0, seen_location[0] = seen_cookie[0] = 0;
    NEED(x_simple(&c, async, "GET", "/cookie/hop?c=taste=good"));
    h_put(&c.rec->hook, a_redirect_can_be_queried_hook);
    EQ(x_exchange(&c, async), 0);
    EQ(rec_count(c.rec, c.req, STATUS(REDIRECT)), 1);
    EQ(seen_status, 302);
    EQ_STR(seen_location, "/cookie/show");
    EQ_STR(seen_cookie, "taste=good");
    EQ(h_status(c.req), 200);
    EQ_STR(x_header(c.req, "Location"), "12150");
    h_finish(&c);
}
BOTH(a_redirect_can_be_queried_in_its_notice)

#ifndef _WIN32
/* On Windows a program may call a DWORD an unsigned long; where that has 64 bits its value counts. */
static void a_number_given_as_a_long(void) {
    conn c;
    unsigned long disabled = WINHTTP_DISABLE_REDIRECTS, policy = WINHTTP_OPTION_REDIRECT_POLICY_NEVER;
    unsigned long wide = 0x100000000ul;
    DWORD value = 0, size = sizeof value;
    NEED(x_simple(&c, 0, "GET", "/status/302?to=/head"));
    EXPECT(WinHttpSetOption(c.ses, WINHTTP_OPTION_REDIRECT_POLICY, &policy, sizeof policy));
    EXPECT(WinHttpQueryOption(c.ses, WINHTTP_OPTION_REDIRECT_POLICY, &value, &size));
    EQ(value, WINHTTP_OPTION_REDIRECT_POLICY_NEVER);
    EXPECT(!WinHttpSetOption(c.ses, WINHTTP_OPTION_REDIRECT_POLICY, &wide, sizeof wide));
    EQ(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_DISABLE_FEATURE, &disabled, sizeof disabled));
    EQ(x_exchange(&c, 0), 0);
    EQ(h_status(c.req), 302);
    h_finish(&c);
}
#endif

TESTS {
    CASE2(a_redirect_can_be_queried_in_its_notice);
#ifndef _WIN32
    CASE(a_number_given_as_a_long);
#endif
}
END_TESTS
