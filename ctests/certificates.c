/* Servers' certificates: every fault reported, forgiven one by one, and shown to the program. */
#include "trust.h"

/* What older SDK headers lack. */
#ifndef WINHTTP_OPTION_SERVER_CERT_CHAIN_BUILD_FLAGS
#define WINHTTP_OPTION_SERVER_CERT_CHAIN_BUILD_FLAGS 148
#endif
#ifndef WINHTTP_OPTION_SECURITY_INFO
#define WINHTTP_OPTION_SECURITY_INFO 151
#endif
#ifndef WINHTTP_OPTION_IGNORE_CERT_REVOCATION_OFFLINE
#define WINHTTP_OPTION_IGNORE_CERT_REVOCATION_OFFLINE 155
#endif
#ifndef WINHTTP_OPTION_TLS_FALSE_START
#define WINHTTP_OPTION_TLS_FALSE_START 154
#endif
#ifndef WINHTTP_OPTION_TLS_PROTOCOL_INSECURE_FALLBACK
#define WINHTTP_OPTION_TLS_PROTOCOL_INSECURE_FALLBACK 158
#endif
#ifndef WINHTTP_OPTION_DISABLE_CERT_CHAIN_BUILDING
#define WINHTTP_OPTION_DISABLE_CERT_CHAIN_BUILDING 171
#endif
#ifndef WINHTTP_OPTION_REVERT_IMPERSONATION_SERVER_CERT
#define WINHTTP_OPTION_REVERT_IMPERSONATION_SERVER_CERT 194
#endif
#ifndef WINHTTP_OPTION_USE_SESSION_SCH_CRED
#define WINHTTP_OPTION_USE_SESSION_SCH_CRED 196
#endif

#define UNKNOWN_CA SECURITY_FLAG_IGNORE_UNKNOWN_CA
#define WRONG_USAGE SECURITY_FLAG_IGNORE_CERT_WRONG_USAGE
#define WRONG_NAME SECURITY_FLAG_IGNORE_CERT_CN_INVALID
#define WRONG_DATE SECURITY_FLAG_IGNORE_CERT_DATE_INVALID
#define WEAK 0x00010000 /* SECURITY_FLAG_IGNORE_WEAK_SIGNATURE */
#define ALL (UNKNOWN_CA | WRONG_USAGE | WRONG_NAME | WRONG_DATE)

static const struct {
    const char *port;
    DWORD bits, ignore;
} faults[] = {
    {"unknown", BIT(INVALID_CA), UNKNOWN_CA},
    {"selfsigned", BIT(INVALID_CA), UNKNOWN_CA},
    {"selfca", BIT(INVALID_CA), UNKNOWN_CA},
    {"alone", BIT(INVALID_CA), UNKNOWN_CA},
    {"v1self", BIT(INVALID_CA), UNKNOWN_CA},
    {"expired", BIT(CERT_DATE_INVALID), WRONG_DATE},
    {"notyet", BIT(CERT_DATE_INVALID), WRONG_DATE},
    {"wrongname", BIT(CERT_CN_INVALID), WRONG_NAME},
    {"wrongusage", BIT(CERT_WRONG_USAGE), WRONG_USAGE},
    {"rotten", BIT(INVALID_CA) | BIT(CERT_DATE_INVALID) | BIT(CERT_CN_INVALID) | BIT(CERT_WRONG_USAGE), ALL},
    {"sha1", BIT(INVALID_CERT), WEAK},
    {"weak12", BIT(INVALID_CERT), WEAK},
};

static void every_fault_is_named_and_forgiven_by_its_flag(int async) {
    size_t i;
    for (i = 0; i < sizeof faults / sizeof *faults; i++) {
        conn c;
        const char *row = faults[i].port;
        NEED(t_open(&c, async, row, "/tls"));
        EQ_ROW(row, x_exchange(&c, async), 12175);
        EQ_ROW(row, t_bits(&c, 1), faults[i].bits);
        EQ_ROW(row, t_get(c.req, WINHTTP_OPTION_SECURITY_FLAGS), 0);
        /* All other flags do not help; what is left is reported. */
        EXPECT(t_set(c.req, WINHTTP_OPTION_SECURITY_FLAGS, (ALL | WEAK) & ~faults[i].ignore));
        EQ_ROW(row, x_exchange(&c, async), 12175);
        EQ_ROW(row, t_bits(&c, 2), faults[i].bits);
        /* The right ones do, on the same handle. */
        EXPECT(t_set(c.req, WINHTTP_OPTION_SECURITY_FLAGS, faults[i].ignore));
        EQ_ROW(row, x_exchange(&c, async), 0);
        EQ_ROW(row, t_get(c.req, WINHTTP_OPTION_SECURITY_FLAGS),
               faults[i].ignore | SECURITY_FLAG_SECURE | SECURITY_FLAG_STRENGTH_STRONG);
        h_finish(&c);
    }
}
BOTH(every_fault_is_named_and_forgiven_by_its_flag)

/* It has no extensions; devices come with such ones. */
static void version_1_in_both_protocols(int async) {
    static const DWORD protocols[] = {WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_2, 0x2000};
    size_t i;
    for (i = 0; i < 2; i++) {
        PCCERT_CONTEXT server = NULL;
        DWORD size = sizeof server;
        conn c;
        NEED(t_open(&c, async, "v1", "/tls"));
        EXPECT(t_set(c.ses, WINHTTP_OPTION_SECURE_PROTOCOLS, protocols[i]));
        EXPECT(x_starts(t_seen(&c, async), i ? "TLSv1.3" : "TLSv1.2"));
        NEED(WinHttpQueryOption(c.req, WINHTTP_OPTION_SERVER_CERT_CONTEXT, &server, &size));
        EQ(server->pCertInfo->dwVersion, 0);
        EQ(server->pCertInfo->cExtension, 0);
        CertFreeCertificateContext(server);
        h_finish(&c);
    }
}
BOTH(version_1_in_both_protocols)

/* A certificate with four faults: each set of flags forgives what it names, and the rest is reported. */
static void each_set_of_flags_forgives_exactly_what_it_names(void) {
    static const struct { DWORD flag, bit; } pairs[] = {
        {UNKNOWN_CA, BIT(INVALID_CA)}, {WRONG_USAGE, BIT(CERT_WRONG_USAGE)},
        {WRONG_NAME, BIT(CERT_CN_INVALID)}, {WRONG_DATE, BIT(CERT_DATE_INVALID)},
    };
    unsigned set, i;
    conn c;
    NEED(t_open(&c, 0, "rotten", "/status/200"));
    for (set = 0; set < 15; set++) {
        DWORD flags = 0, left = 0;
        for (i = 0; i < 4; i++) {
            if (set >> i & 1) flags |= pairs[i].flag;
            else left |= pairs[i].bit;
        }
        EXPECT(t_set(c.req, WINHTTP_OPTION_SECURITY_FLAGS, flags));
        EQ(x_exchange(&c, 0), 12175);
        EQ(t_bits(&c, (int)set + 1), left);
    }
    EXPECT(t_set(c.req, WINHTTP_OPTION_SECURITY_FLAGS, ALL));
    EQ(x_exchange(&c, 0), 0);
    h_finish(&c);
}

static void good_ones_pass(int async) {
    static const char *const ports[] = {"tls", "tls12", "tls13", "below", "cnonly", "v1"};
    size_t i;
    for (i = 0; i < 6; i++) {
        conn c;
        NEED(t_open(&c, async, ports[i], "/status/200"));
        EQ_ROW(ports[i], x_exchange(&c, async), 0);
        EQ_ROW(ports[i], rec_count(c.rec, c.req, STATUS(SECURE_FAILURE)), 0);
        h_finish(&c);
    }
}
BOTH(good_ones_pass)

static void the_name_goes_along_and_an_address_does_not(void) {
    conn c;
    NEED(t_open(&c, 0, "tls", "/tls"));
    EXPECT(strstr(t_seen(&c, 0), "sni=localhost"));
    WinHttpCloseHandle(c.req);
    WinHttpCloseHandle(c.con);
    NEED(c.con = WinHttpConnect(c.ses, W("127.0.0.1"), h_port("tls"), 0));
    NEED(c.req = WinHttpOpenRequest(c.con, NULL, W("/tls"), NULL, NULL, NULL, WINHTTP_FLAG_SECURE));
    EXPECT(strstr(t_seen(&c, 0), "sni=None"));
    h_finish(&c);
}

static PCCERT_CONTEXT certificate(HINTERNET req) {
    PCCERT_CONTEXT context = NULL;
    DWORD size = sizeof context;
    if (!WinHttpQueryOption(req, WINHTTP_OPTION_SERVER_CERT_CONTEXT, &context, &size)) return NULL;
    EQ(size, sizeof context);
    return context;
}

static int has_text(const CERT_NAME_BLOB *blob, const char *text) {
    size_t n = strlen(text), i;
    for (i = 0; i + n <= blob->cbData; i++)
        if (!memcmp(blob->pbData + i, text, n)) return 1;
    return 0;
}

static int file_is(const char *path, const BYTE *bytes, DWORD n) {
    static BYTE file[8192];
    FILE *f = fopen(path, "rb");
    size_t got = f ? fread(file, 1, sizeof file, f) : 0;
    if (f) fclose(f);
    return got == n && !memcmp(file, bytes, n);
}

/* The server's certificate with its issuers: while the request is sent, after the answer, and after a refusal. */
static void looks_at_it(recorder *r, const h_record *e) {
    (void)r;
    if (e->status == STATUS(SENDING_REQUEST)) {
        PCCERT_CONTEXT context = certificate(e->handle);
        EXPECT(context);
        if (context) EXPECT(has_text(&context->pCertInfo->Subject, "below"));
        if (context) CertFreeCertificateContext(context);
        EQ(t_get(e->handle, WINHTTP_OPTION_SECURITY_KEY_BITNESS), 256);
    }
}

static void the_certificate_is_shown(int async) {
    conn c;
    PCCERT_CONTEXT context, other, twin;
    CERT_INFO *info;
    DWORD i, found = 0;
    NEED(t_open(&c, async, "below", "/status/200"));
    EXPECT(!certificate(c.req));
    EQ(GetLastError(), E_STATE);
    h_put(&c.rec->hook, looks_at_it);
    EQ(x_exchange(&c, async), 0);
    NEED(context = certificate(c.req));
    EQ(context->dwCertEncodingType, X509_ASN_ENCODING);
    info = context->pCertInfo;
    EQ(info->dwVersion, 2);
    EXPECT(info->SerialNumber.cbData > 0);
    EXPECT(has_text(&info->Subject, "Tests und mehr"));
    EXPECT(has_text(&info->Issuer, "winhttp test sub"));
    EXPECT(!strcmp(info->SignatureAlgorithm.pszObjId, "1.2.840.10045.4.3.2"));
    EXPECT(!strcmp(info->SubjectPublicKeyInfo.Algorithm.pszObjId, "1.2.840.10045.2.1"));
    EQ(info->SubjectPublicKeyInfo.PublicKey.cbData, 65);
    EQ(info->SubjectPublicKeyInfo.PublicKey.cUnusedBits, 0);
    EXPECT(info->NotAfter.dwHighDateTime > info->NotBefore.dwHighDateTime);
    for (i = 0; i < info->cExtension; i++)
        found += !strcmp(info->rgExtension[i].pszObjId, "2.5.29.17") && !info->rgExtension[i].fCritical && info->rgExtension[i].Value.cbData > 10;
    EQ(found, 1);
    /* The store has what the server sent with it. */
    NEED(context->hCertStore);
    other = NULL;
    found = 0;
    while ((other = CertEnumCertificatesInStore(context->hCertStore, other))) found += has_text(&other->pCertInfo->Subject, "test sub");
    EQ(found, 1);
    /* References are counted, and the context outlives the request and the session. */
    twin = CertDuplicateCertificateContext(context);
    EXPECT(twin == context);
    EXPECT(CertFreeCertificateContext(twin));
    h_finish(&c);
    EXPECT(has_text(&context->pCertInfo->Issuer, "test sub"));
    EXPECT(context->pbCertEncoded[0] == 0x30);
    EXPECT(CertFreeCertificateContext(context));
}
BOTH(the_certificate_is_shown)

static void a_refused_certificate_is_still_shown(int async) {
    conn c;
    PCCERT_CONTEXT context;
    NEED(t_open(&c, async, "rotten", "/status/200"));
    EQ(x_exchange(&c, async), 12175);
    NEED(context = certificate(c.req));
    EXPECT(has_text(&context->pCertInfo->Subject, "rotten"));
    CertFreeCertificateContext(context);
    EQ(t_get(c.req, WINHTTP_OPTION_SECURITY_FLAGS), 0);
    EXPECT(t_set(c.req, WINHTTP_OPTION_SECURITY_FLAGS, ALL));
    EQ(x_exchange(&c, async), 0);
    NEED(context = certificate(c.req));
    CertFreeCertificateContext(context);
    h_finish(&c);
}
BOTH(a_refused_certificate_is_still_shown)

static void without_tls_there_is_nothing_to_show(void) {
    static const DWORD options[] = {
        WINHTTP_OPTION_SERVER_CERT_CONTEXT, WINHTTP_OPTION_SERVER_CERT_CHAIN_CONTEXT, WINHTTP_OPTION_SECURITY_CERTIFICATE_STRUCT,
        WINHTTP_OPTION_SECURITY_INFO, WINHTTP_OPTION_SERVER_CBT, WINHTTP_OPTION_CLIENT_CERT_ISSUER_LIST,
    };
    conn c;
    size_t i;
    char buffer[1024];
    DWORD size;
    NEED(x_simple(&c, 0, "GET", "/status/200"));
    EQ(x_exchange(&c, 0), 0);
    for (i = 0; i < sizeof options / sizeof *options; i++) {
        size = sizeof buffer;
        EXPECT(!WinHttpQueryOption(c.req, options[i], buffer, &size));
        EQ(GetLastError(), E_STATE);
        size = sizeof buffer;
        EXPECT(!WinHttpQueryOption(c.ses, options[i], buffer, &size));
        EQ(GetLastError(), E_TYPE);
    }
    EQ(t_get(c.req, WINHTTP_OPTION_SECURITY_KEY_BITNESS), 0);
    EQ(t_get(c.req, WINHTTP_OPTION_SECURITY_FLAGS), 0);
    h_finish(&c);
}

static void sizes_of_queries(void) {
    static const struct { DWORD option, size; } sizes[] = {
        {WINHTTP_OPTION_SERVER_CERT_CONTEXT, sizeof(void *)}, {WINHTTP_OPTION_SERVER_CERT_CHAIN_CONTEXT, sizeof(void *)},
        {WINHTTP_OPTION_SECURITY_CERTIFICATE_STRUCT, sizeof(WINHTTP_CERTIFICATE_INFO)}, {WINHTTP_OPTION_SECURITY_INFO, 708},
        {WINHTTP_OPTION_CLIENT_CERT_ISSUER_LIST, sizeof(void *)}, {WINHTTP_OPTION_SECURITY_KEY_BITNESS, 4},
        {WINHTTP_OPTION_SERVER_CBT, 2 * sizeof(void *) + 32 + 21 + 32},
    };
    conn c;
    size_t i;
    char small[2];
    NEED(t_open(&c, 0, "asks", "/status/200"));
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_CLIENT_CERT_CONTEXT, WINHTTP_NO_CLIENT_CERT_CONTEXT, 0));
    EQ(x_exchange(&c, 0), 0);
    for (i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        DWORD size = 0xffff;
        EXPECT(!WinHttpQueryOption(c.req, sizes[i].option, NULL, &size));
        EQ(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
        EQ(size, sizes[i].size);
        size = sizeof small;
        EXPECT(!WinHttpQueryOption(c.req, sizes[i].option, small, &size));
        EQ(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
        EQ(size, sizes[i].size);
    }
    h_finish(&c);
}

static void the_certificate_structure(void) {
    conn c;
    WINHTTP_CERTIFICATE_INFO info;
    DWORD size = sizeof info;
    NEED(t_open(&c, 0, "below", "/status/200"));
    EQ(x_exchange(&c, 0), 0);
    memset(&info, 0xaa, sizeof info);
    EXPECT(WinHttpQueryOption(c.req, WINHTTP_OPTION_SECURITY_CERTIFICATE_STRUCT, &info, &size));
    EQ(size, sizeof info);
    EQ_STR(t_narrow(info.lpszSubjectInfo), "DE\r\nTests und mehr\r\nbelow");
    EQ_STR(t_narrow(info.lpszIssuerInfo), "winhttp test sub");
    EXPECT(!info.lpszProtocolName && !info.lpszSignatureAlgName && !info.lpszEncryptionAlgName);
    EQ(info.dwKeySize, t_get(c.req, WINHTTP_OPTION_SECURITY_KEY_BITNESS));
    EXPECT(info.ftExpiry.dwHighDateTime > info.ftStart.dwHighDateTime);
    LocalFree(info.lpszSubjectInfo);
    LocalFree(info.lpszIssuerInfo);
    h_finish(&c);
}

static void the_chain_leads_to_its_root(void) {
    conn c;
    PCCERT_CHAIN_CONTEXT chain = NULL;
    DWORD size = sizeof chain;
    NEED(t_open(&c, 0, "below", "/status/200"));
    EQ(x_exchange(&c, 0), 0);
    NEED(WinHttpQueryOption(c.req, WINHTTP_OPTION_SERVER_CERT_CHAIN_CONTEXT, &chain, &size));
    EQ(chain->cChain, 1);
    NEED(chain->rgpChain[0]->cElement >= 2);
    EXPECT(has_text(&chain->rgpChain[0]->rgpElement[0]->pCertContext->pCertInfo->Subject, "below"));
    EXPECT(has_text(&chain->rgpChain[0]->rgpElement[1]->pCertContext->pCertInfo->Subject, "test sub"));
#ifndef _WIN32 /* there crypt32 judges, which does not know the tests' authority */
    EQ(chain->TrustStatus.dwErrorStatus, 0);
    EQ(chain->rgpChain[0]->cElement, 3);
    EXPECT(has_text(&chain->rgpChain[0]->rgpElement[2]->pCertContext->pCertInfo->Subject, "test ca"));
#endif
    EXPECT(CertDuplicateCertificateChain(chain) == chain);
    CertFreeCertificateChain(chain);
    EXPECT(chain->cChain == 1);
    CertFreeCertificateChain(chain);
    h_finish(&c);
    NEED(t_open(&c, 0, "rotten", "/status/200"));
    EQ(x_exchange(&c, 0), 12175);
    size = sizeof chain;
    NEED(WinHttpQueryOption(c.req, WINHTTP_OPTION_SERVER_CERT_CHAIN_CONTEXT, &chain, &size));
    EXPECT(chain->TrustStatus.dwErrorStatus & CERT_TRUST_IS_NOT_TIME_VALID);
    EXPECT(chain->TrustStatus.dwErrorStatus & (CERT_TRUST_IS_PARTIAL_CHAIN | CERT_TRUST_IS_UNTRUSTED_ROOT));
    CertFreeCertificateChain(chain);
    h_finish(&c);
}

static DWORD at(const BYTE *bytes, int offset) {
    DWORD value;
    memcpy(&value, bytes + offset, 4);
    return value;
}

static void what_was_agreed_on(void) {
    static const struct { const char *port; DWORD protocol, version; } rows[] = {{"tls12", 0x800, 0x303}, {"tls13", 0x2000, 0x304}};
    size_t i;
    for (i = 0; i < 2; i++) {
        conn c;
        BYTE info[708];
        WCHAR name[64];
        char *seen;
        DWORD size = sizeof info, suite;
        NEED(t_open(&c, 0, rows[i].port, "/tls"));
        seen = (char *)t_seen(&c, 0);
        NEED(WinHttpQueryOption(c.req, WINHTTP_OPTION_SECURITY_INFO, info, &size));
        EQ_ROW(rows[i].port, size, 708);
        EQ_ROW(rows[i].port, at(info, 0), rows[i].protocol);
        EQ_ROW(rows[i].port, at(info, 8), t_get(c.req, WINHTTP_OPTION_SECURITY_KEY_BITNESS));
        EQ_ROW(rows[i].port, at(info, 28), 1);
        EQ_ROW(rows[i].port, at(info, 32), rows[i].version);
        suite = at(info, 36);
        EXPECT(suite == 0x1301 || suite == 0x1302 || suite == 0x1303 || (suite >= 0xc02b && suite <= 0xcca9));
        memcpy(name, info + 28 + 16, sizeof name);
        EXPECT(x_starts(t_narrow(name), "TLS_"));
        if (i) EXPECT(strstr(seen, t_narrow(name)));
        h_finish(&c);
    }
}

/* tls-server-end-point, in the memory of the program. */
static void the_channel_binding_points_into_the_buffer(void) {
    conn c;
    BYTE buffer[256], *data;
    DWORD size = sizeof buffer;
    size_t word = sizeof(void *);
    NEED(t_open(&c, 0, "tls", "/status/200"));
    EQ(x_exchange(&c, 0), 0);
    memset(buffer, 0xcc, sizeof buffer);
    NEED(WinHttpQueryOption(c.req, WINHTTP_OPTION_SERVER_CBT, buffer, &size));
    EQ(size, 2 * word + 32 + 21 + 32);
    EQ(at(buffer, 0), 32 + 21 + 32);
    memcpy(&data, buffer + word, word);
    EXPECT(data == buffer + 2 * word);
    EQ(at(data, 24), 21 + 32);
    EQ(at(data, 28), 32);
    EXPECT(!memcmp(data + 32, "tls-server-end-point:", 21));
    EXPECT(buffer[size] == 0xcc);
    h_finish(&c);
}

static void protocols_that_do_not_exist_fail(int async) {
    conn c;
    NEED(t_open(&c, async, "tls", "/status/200"));
    EXPECT(t_set(c.ses, WINHTTP_OPTION_SECURE_PROTOCOLS, WINHTTP_FLAG_SECURE_PROTOCOL_SSL3 | WINHTTP_FLAG_SECURE_PROTOCOL_TLS1));
    EQ(x_exchange(&c, async), 12175);
    EQ(t_bits(&c, 1), 0x80000000);
    EXPECT(t_set(c.ses, WINHTTP_OPTION_SECURE_PROTOCOLS, WINHTTP_FLAG_SECURE_PROTOCOL_TLS1 | WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_2));
    EQ(x_exchange(&c, async), 0);
    h_finish(&c);
}
BOTH(protocols_that_do_not_exist_fail)

static void only_the_wanted_protocols_are_spoken(void) {
    static const struct { DWORD wish; const char *port, *version; DWORD error; } rows[] = {
        {WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_2, "tls", "TLSv1.2", 0},
        {0x2000, "tls", "TLSv1.3", 0},
        {0x2800, "tls", "TLSv1.3", 0},
        {0, "tls12", "TLSv1.2", 0},
        /* The two have none in common. */
        {WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_2, "tls13", NULL, E_CONNECTION},
        {0x2000, "tls12", NULL, E_CONNECTION},
    };
    size_t i;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        conn c;
        NEED(t_open(&c, 0, rows[i].port, "/tls"));
        EXPECT(t_set(c.ses, WINHTTP_OPTION_SECURE_PROTOCOLS, rows[i].wish));
        if (rows[i].error) EQ(x_exchange(&c, 0), rows[i].error);
        else EXPECT(x_starts(t_seen(&c, 0), rows[i].version));
        h_finish(&c);
    }
}

/* Someone who does not speak TLS, and someone who does not speak at all. */
static void no_tls_at_the_other_end(int async) {
    conn c;
    NEED(t_open(&c, async, "babble", "/"));
    EQ(x_exchange(&c, async), 12175);
    EQ(t_bits(&c, 1), 0x80000000);
    EXPECT(!certificate(c.req));
    EQ(GetLastError(), E_STATE);
    h_finish(&c);
    NEED(t_open(&c, async, "mute", "/"));
    EXPECT(WinHttpSetTimeouts(c.req, 0, 1000, 300, 300));
    EQ(x_exchange(&c, async), E_TIMEOUT);
    EQ(rec_count(c.rec, c.req, STATUS(SECURE_FAILURE)), 0);
    h_finish(&c);
}
BOTH(no_tls_at_the_other_end)

static const char *seen_by(HINTERNET ses, const char *port, DWORD flags, int revocation) {
    conn c = {0};
    const char *seen;
    c.rec = rec_new();
    c.con = WinHttpConnect(ses, W("localhost"), h_port(port), 0);
    c.req = WinHttpOpenRequest(c.con, NULL, W("/tls"), NULL, NULL, NULL, WINHTTP_FLAG_SECURE);
    if (flags) t_set(c.req, WINHTTP_OPTION_SECURITY_FLAGS, flags);
    if (revocation) t_set(c.req, WINHTTP_OPTION_ENABLE_FEATURE, WINHTTP_ENABLE_SSL_REVOCATION);
    seen = t_seen(&c, 0);
    WinHttpCloseHandle(c.req);
    WinHttpCloseHandle(c.con);
    return seen;
}

/* A session goes on where it was, but never past a check that it did not make. */
static void sessions_are_resumed_on_the_same_terms_only(void) {
    static const char *const ports[] = {"tls12", "tls13"};
    size_t i;
    for (i = 0; i < 2; i++) {
        HINTERNET ses = h_open(0), other = h_open(0);
        EXPECT(strstr(seen_by(ses, ports[i], 0, 0), "resumed=0"));
        EXPECT(strstr(seen_by(ses, ports[i], 0, 0), "resumed=1"));
        EXPECT(strstr(seen_by(ses, ports[i], UNKNOWN_CA, 0), "resumed=0"));
        EXPECT(strstr(seen_by(ses, ports[i], UNKNOWN_CA, 0), "resumed=1"));
        EXPECT(strstr(seen_by(other, ports[i], 0, 0), "resumed=0"));
        WinHttpCloseHandle(ses);
        WinHttpCloseHandle(other);
    }
    {
        HINTERNET ses = h_open(0);
        EXPECT(strstr(seen_by(ses, "unknown", UNKNOWN_CA, 0), "resumed=0"));
        EQ_STR(seen_by(ses, "unknown", 0, 0), "error 12175");
        WinHttpCloseHandle(ses);
    }
}

static DWORD with_revocation(const char *port, DWORD flags, int offline, DWORD *bits) {
    conn c;
    DWORD error;
    if (!t_open(&c, 0, port, "/tls")) return 1;
    EXPECT(t_set(c.req, WINHTTP_OPTION_ENABLE_FEATURE, WINHTTP_ENABLE_SSL_REVOCATION));
    if (flags) EXPECT(t_set(c.req, WINHTTP_OPTION_SECURITY_FLAGS, flags));
    if (offline) EXPECT(t_set(c.req, WINHTTP_OPTION_IGNORE_CERT_REVOCATION_OFFLINE, TRUE));
    error = x_exchange(&c, 0);
    *bits = error == 12175 ? t_bits(&c, 1) : 0;
    h_finish(&c);
    return error;
}

static void revocation_by_a_list_that_the_user_names(void) {
    DWORD bits;
    t_env("WINHTTP_CRL_FILE", t_certs("crl.pem"));
    EQ(with_revocation("tls", 0, 0, &bits), 0);
    EQ(with_revocation("revoked", 0, 0, &bits), 12175);
    EQ(bits, BIT(CERT_REVOKED));
    /* Not forgiven by anything. */
    EQ(with_revocation("revoked", ALL | WEAK, 1, &bits), 12175);
    EQ(bits, BIT(CERT_REVOKED));
    /* Of this one's issuer there is no list. */
    EQ(with_revocation("below", 0, 0, &bits), 12175);
    EQ(bits, BIT(CERT_REV_FAILED));
    EQ(with_revocation("below", 0, 1, &bits), 0);
    t_env("WINHTTP_CRL_FILE", t_certs("crl.der"));
    EQ(with_revocation("revoked", 0, 0, &bits), 12175);
    EQ(bits, BIT(CERT_REVOKED));
    t_env("WINHTTP_CRL_FILE", NULL);
    EQ(with_revocation("tls", 0, 0, &bits), 12175);
    EQ(bits, BIT(CERT_REV_FAILED));
    EQ(with_revocation("tls", ALL, 0, &bits), 12175);
    EQ(with_revocation("tls", 0, 1, &bits), 0);
    EQ(with_revocation("revoked", 0, 1, &bits), 0);
}

static void revocation_is_off_by_default(void) {
    conn c;
    NEED(t_open(&c, 0, "revoked", "/status/200"));
    EQ(x_exchange(&c, 0), 0);
    h_finish(&c);
}

static void revocation_by_the_list_that_the_certificate_names(void) {
    conn c;
    DWORD bits;
    EQ(with_revocation("pointed", 0, 0, &bits), 0);
    /* It has been fetched: now it is there for others of this authority. */
    EQ(with_revocation("revoked", 0, 0, &bits), 12175);
    EQ(bits, BIT(CERT_REVOKED));
    NEED(t_open(&c, 0, "pointed", "/status/200"));
    EXPECT(t_set(c.req, WINHTTP_OPTION_SERVER_CERT_CHAIN_BUILD_FLAGS, 0x80000000));
    EXPECT(!t_set(c.req, WINHTTP_OPTION_SERVER_CERT_CHAIN_BUILD_FLAGS, 0x10));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    h_finish(&c);
}

/* What the server brings along of its authority. */
static void revocation_by_what_is_stapled(void) {
    /* None of these says anything that counts: unknown, not of now, about another certificate, not signed by the
     * authority or whom it has appointed, not to be understood. */
    static const char *const useless[] = {"stapled_unknown", "stapled_old", "stapled_endless", "stapled_early", "stapled_other",
                                          "stapled_changed", "stapled_usurped", "stapled_critical", "stapled_nonsense"};
    DWORD bits;
    size_t i;
    EQ(with_revocation("stapled_good", 0, 0, &bits), 0);
    EQ(with_revocation("stapled_good12", 0, 0, &bits), 0);
    EQ(with_revocation("stapled_appointed", 0, 0, &bits), 0);
    EQ(with_revocation("stapled_revoked", 0, 0, &bits), 12175);
    EQ(bits, BIT(CERT_REVOKED));
    /* Nothing forgives that. */
    EQ(with_revocation("stapled_revoked12", ALL, 1, &bits), 12175);
    EQ(bits, BIT(CERT_REVOKED));
    for (i = 0; i < sizeof useless / sizeof *useless; i++) {
        EQ_ROW(useless[i], with_revocation(useless[i], 0, 0, &bits), 12175);
        EQ_ROW(useless[i], bits, BIT(CERT_REV_FAILED));
        EQ_ROW(useless[i], with_revocation(useless[i], 0, 1, &bits), 0);
    }
    /* Of the authority between, a list has to tell. */
    EQ(with_revocation("stapled_below", 0, 0, &bits), 12175);
    EQ(bits, BIT(CERT_REV_FAILED));
    t_env("WINHTTP_CRL_FILE", t_certs("crl.pem"));
    EQ(with_revocation("stapled_below", 0, 0, &bits), 0);
    /* A list counts where what is stapled does not. */
    EQ(with_revocation("stapled_old", 0, 0, &bits), 0);
    t_env("WINHTTP_CRL_FILE", NULL);
}

/* The handshakes wait for it, all for the same one; another request does not. */
static void a_list_that_does_not_come_holds_nobody_else(void) {
    enum { WAITING = 4 };
    conn held[WAITING], other;
    h_record e;
    int i;
    for (i = 0; i < WAITING; i++) {
        NEED(t_open(&held[i], 1, "held", "/tls"));
        EXPECT(t_set(held[i].req, WINHTTP_OPTION_ENABLE_FEATURE, WINHTTP_ENABLE_SSL_REVOCATION));
        NEED(WinHttpSendRequest(held[i].req, NULL, 0, NULL, 0, 0, (DWORD_PTR)held[i].rec));
    }
    EQ_STR(h_get_text("/report/held-list"), "asked");
    NEED(t_open(&other, 1, "tls", "/tls"));
    EQ(x_exchange(&other, 1), 0);
    h_finish(&other);
    for (i = 0; i < WAITING; i++) EQ(rec_count(held[i].rec, held[i].req, H_DONE), 0);
    EQ_STR(h_get_text("/release/held-list"), "released");
    for (i = 0; i < WAITING; i++) {
        NEED(rec_wait_nth(held[i].rec, held[i].req, H_DONE, 1, 15000, &e));
        EQ(e.status, STATUS(SENDREQUEST_COMPLETE));
    }
    /* Once for all of them. */
    EQ_STR(h_get_text("/report/held-list"), "asked");
    for (i = 0; i < WAITING; i++) h_finish(&held[i]);
}

static void values_of_the_revocation_options(void) {
    conn c;
    DWORD size = 4, value;
    NEED(t_open(&c, 0, "tls", "/"));
    EXPECT(!t_set(c.req, WINHTTP_OPTION_ENABLE_FEATURE, 4));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT(!t_set(c.req, WINHTTP_OPTION_ENABLE_FEATURE, 0));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT(!t_set(c.ses, WINHTTP_OPTION_ENABLE_FEATURE, WINHTTP_ENABLE_SSL_REVOCATION));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT(t_set(c.ses, WINHTTP_OPTION_ENABLE_FEATURE, WINHTTP_ENABLE_SSL_REVERT_IMPERSONATION));
    EXPECT(!WinHttpSetOption(c.req, WINHTTP_OPTION_ENABLE_FEATURE, &value, 0));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT(!WinHttpQueryOption(c.req, WINHTTP_OPTION_ENABLE_FEATURE, &value, &size));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT(!t_set(c.ses, WINHTTP_OPTION_IGNORE_CERT_REVOCATION_OFFLINE, 1));
    EQ(GetLastError(), E_TYPE);
    h_finish(&c);
}

/* Accepted on a session, refused elsewhere. */
static void options_of_sessions(void) {
    static const DWORD options[] = {
        WINHTTP_OPTION_DISABLE_SECURE_PROTOCOL_FALLBACK, WINHTTP_OPTION_TLS_FALSE_START, WINHTTP_OPTION_TLS_PROTOCOL_INSECURE_FALLBACK,
        WINHTTP_OPTION_DISABLE_CERT_CHAIN_BUILDING, WINHTTP_OPTION_REVERT_IMPERSONATION_SERVER_CERT, WINHTTP_OPTION_USE_SESSION_SCH_CRED,
    };
    size_t i;
    conn c;
    NEED(t_open(&c, 0, "tls", "/status/200"));
    for (i = 0; i < sizeof options / sizeof *options; i++) {
        EXPECT(t_set(c.ses, options[i], TRUE));
        EXPECT(!t_set(c.con, options[i], TRUE));
        EQ(GetLastError(), E_TYPE);
    }
    EQ(x_exchange(&c, 0), 0);
    h_finish(&c);
}

/* The user's environment has the secrets written down; a program cannot ask for it. */
static void secrets_are_logged_where_the_user_says(void) {
    const char *path = t_certs("keys.log");
    static char text[8192];
    FILE *file;
    conn c;
    remove(path);
    NEED(t_open(&c, 0, "tls13", "/status/200"));
    EQ(x_exchange(&c, 0), 0);
    h_finish(&c);
    EXPECT(!fopen(path, "rb"));
    t_env("SSLKEYLOGFILE", path);
    NEED(t_open(&c, 0, "tls13", "/status/200"));
    h_apart(c.ses);
    WinHttpCloseHandle(c.req);
    NEED(c.req = WinHttpOpenRequest(c.con, NULL, W("/status/200"), NULL, NULL, NULL, WINHTTP_FLAG_SECURE));
    EQ(x_exchange(&c, 0), 0);
    h_finish(&c);
    t_env("SSLKEYLOGFILE", NULL);
    NEED(file = fopen(path, "rb"));
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    EXPECT(strstr(text, "CLIENT_TRAFFIC_SECRET_0"));
    remove(path);
}

TESTS {
    CASE2(every_fault_is_named_and_forgiven_by_its_flag);
    CASE(each_set_of_flags_forgives_exactly_what_it_names);
    CASE2(version_1_in_both_protocols);
    CASE2(good_ones_pass);
    CASE(the_name_goes_along_and_an_address_does_not);
    CASE2(the_certificate_is_shown);
    CASE2(a_refused_certificate_is_still_shown);
    CASE(without_tls_there_is_nothing_to_show);
    CASE(sizes_of_queries);
    CASE(the_certificate_structure);
    CASE(the_chain_leads_to_its_root);
    CASE(what_was_agreed_on);
    CASE(the_channel_binding_points_into_the_buffer);
    CASE2(protocols_that_do_not_exist_fail);
    CASE(only_the_wanted_protocols_are_spoken);
    CASE2(no_tls_at_the_other_end);
    CASE(sessions_are_resumed_on_the_same_terms_only);
    CASE(revocation_is_off_by_default);
    CASE(revocation_by_a_list_that_the_user_names);
    CASE(revocation_by_what_is_stapled); /* before lists are fetched that the process keeps */
    CASE(revocation_by_the_list_that_the_certificate_names);
    CASE(a_list_that_does_not_come_holds_nobody_else);
    CASE(values_of_the_revocation_options);
    CASE(options_of_sessions);
    CASE(secrets_are_logged_where_the_user_says);
}
END_TESTS
