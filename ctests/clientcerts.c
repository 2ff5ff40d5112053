/* Client certificates: servers that ask for one or need one, where it comes from, and who gets it. */
#include "trust.h"

static HCERTSTORE own_store(void) {
#ifdef _WIN32
    /* A file with the key, as programs ship them; crypt32 puts the key where the system keeps its own. */
    static BYTE file[8192];
    CRYPT_DATA_BLOB blob = {0, file};
    FILE *f = fopen(t_certs("client-old.p12"), "rb");
    if (!f) return NULL;
    blob.cbData = (DWORD)fread(file, 1, sizeof file, f);
    fclose(f);
    return PFXImportCertStore(&blob, W("secret"), CRYPT_EXPORTABLE | CRYPT_USER_KEYSET);
#else
    t_env("WINHTTP_CLIENT_CERTS", t_certs("clients"));
    return CertOpenSystemStoreW(0, W("MY"));
#endif
}

static PCCERT_CONTEXT own(const char *subject) {
    HCERTSTORE store = own_store();
    PCCERT_CONTEXT found;
    if (!store) return NULL;
    found = CertFindCertificateInStore(store, X509_ASN_ENCODING, 0, CERT_FIND_SUBJECT_STR_A, subject, NULL);
    CertCloseStore(store, 0);
    return found;
}

/* Sets it, and lets go of it at once: the library keeps its own reference. */
static int use(HINTERNET req, const char *subject) {
    PCCERT_CONTEXT mine = own(subject);
    int done = mine && WinHttpSetOption(req, WINHTTP_OPTION_CLIENT_CERT_CONTEXT, (void *)mine, sizeof(CERT_CONTEXT));
    if (mine) CertFreeCertificateContext(mine);
    return done;
}

static const char *const asking[] = {"asks", "asks12", "needs", "needs12"};

static void a_server_that_asks_makes_the_program_decide(int async) {
    size_t i;
    for (i = 0; i < 4; i++) {
        const char *row = asking[i];
        conn c;
        SecPkgContext_IssuerListInfoEx *issuers = NULL;
        PCCERT_CONTEXT server = NULL;
        DWORD size = sizeof issuers;
        NEED(t_open(&c, async, row, "/tls"));
        EQ_ROW(row, x_exchange(&c, async), 12044);
        EQ_ROW(row, rec_count(c.rec, c.req, STATUS(SECURE_FAILURE)), 0);
        /* Whom the server would believe, in memory that one GlobalFree frees. */
        NEED(WinHttpQueryOption(c.req, WINHTTP_OPTION_CLIENT_CERT_ISSUER_LIST, &issuers, &size));
        EQ_ROW(row, size, sizeof issuers);
        NEED(issuers);
        if (i < 2) {
            EQ_ROW(row, issuers->cIssuers, 0); /* it does not say */
        } else {
            NEED(issuers->cIssuers == 1);
            EXPECT(issuers->aIssuers[0].cbData > 15 && issuers->aIssuers[0].pbData[0] == 0x30);
            EXPECT(!memcmp(issuers->aIssuers[0].pbData + issuers->aIssuers[0].cbData - 15, "winhttp test ca", 15));
        }
        GlobalFree(issuers);
        size = sizeof server;
        EXPECT(WinHttpQueryOption(c.req, WINHTTP_OPTION_SERVER_CERT_CONTEXT, &server, &size));
        if (server) CertFreeCertificateContext(server);
        h_finish(&c);
    }
}
BOTH(a_server_that_asks_makes_the_program_decide)

static void none_is_a_decision_too(int async) {
    conn c;
    size_t i;
    for (i = 0; i < 4; i++) {
        const char *row = asking[i];
        DWORD error;
        NEED(t_open(&c, async, row, "/tls"));
        EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_CLIENT_CERT_CONTEXT, WINHTTP_NO_CLIENT_CERT_CONTEXT, 0));
        if (i < 2) {
            EXPECT(strstr(t_seen(&c, async), "client="));
        } else {
            error = x_exchange(&c, async);
            /* TLS 1.3 has an alert for it, TLS 1.2 only says no. */
            EQ_ROW(row, error, i == 2 ? 12044 : 12175);
        }
        h_finish(&c);
    }
    /* With one that does not ask it changes nothing. */
    NEED(t_open(&c, async, "tls", "/tls"));
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_CLIENT_CERT_CONTEXT, WINHTTP_NO_CLIENT_CERT_CONTEXT, 0));
    EQ(x_exchange(&c, async), 0);
    h_finish(&c);
}
BOTH(none_is_a_decision_too)

static void goes_to(const char *row, int async) {
    conn c;
    const char *seen;
    NEED(t_open(&c, async, row, "/tls"));
    /* As programs do: they learn of it, find one, and send again on the same handle. */
    EQ_ROW(row, x_exchange(&c, async), 12044);
    NEED(use(c.req, "client one"));
    seen = t_seen(&c, async);
    if (!strstr(seen, "client one")) FAIL("%s: %s", row, seen);
    h_finish(&c);
}
static void the_certificate_goes_to_who_asks_in_tls_1_2(int async) {
    goes_to("asks12", async);
    goes_to("needs12", async);
}
BOTH(the_certificate_goes_to_who_asks_in_tls_1_2)
/* Which no key of the older providers can sign for. */
static void the_certificate_goes_to_who_asks_in_tls_1_3(int async) {
    goes_to("asks", async);
    goes_to("needs", async);
}
BOTH(the_certificate_goes_to_who_asks_in_tls_1_3)

static void what_can_be_set(void) {
    conn c;
    PCCERT_CONTEXT mine = own("client one");
    NEED(mine);
    NEED(t_open(&c, 0, "tls", "/status/200"));
    EXPECT(!WinHttpSetOption(c.req, WINHTTP_OPTION_CLIENT_CERT_CONTEXT, (void *)mine, sizeof(CERT_CONTEXT) - 1));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT(!WinHttpSetOption(c.req, WINHTTP_OPTION_CLIENT_CERT_CONTEXT, NULL, sizeof(CERT_CONTEXT)));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT(!WinHttpSetOption(c.ses, WINHTTP_OPTION_CLIENT_CERT_CONTEXT, (void *)mine, sizeof(CERT_CONTEXT)));
    EQ(GetLastError(), E_TYPE);
    h_finish(&c);
    NEED(x_simple(&c, 0, "GET", "/status/200"));
    EXPECT(!WinHttpSetOption(c.req, WINHTTP_OPTION_CLIENT_CERT_CONTEXT, (void *)mine, sizeof(CERT_CONTEXT)));
    EQ(GetLastError(), E_STATE);
    EXPECT(!WinHttpSetOption(c.req, WINHTTP_OPTION_CLIENT_CERT_CONTEXT, WINHTTP_NO_CLIENT_CERT_CONTEXT, 0));
    EQ(GetLastError(), E_STATE);
    h_finish(&c);
    CertFreeCertificateContext(mine);
}

/* Only the certificate, whose key nobody has. */
static void without_a_key_it_is_no_use(int async) {
    conn c;
    PCCERT_CONTEXT mine = own("client one"), bare;
    NEED(mine);
    NEED(bare = CertCreateCertificateContext(X509_ASN_ENCODING, mine->pbCertEncoded, mine->cbCertEncoded));
    NEED(t_open(&c, async, "needs12", "/tls"));
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_CLIENT_CERT_CONTEXT, (void *)bare, sizeof(CERT_CONTEXT)));
    CertFreeCertificateContext(bare);
    CertFreeCertificateContext(mine);
    EQ(x_exchange(&c, async), 12185);
    /* The handle is good for another try. */
    NEED(use(c.req, "client one"));
    EXPECT(strstr(t_seen(&c, async), "client one"));
    h_finish(&c);
}
BOTH(without_a_key_it_is_no_use)

/* A connection that speaks for somebody is for nobody else, nor is its TLS session. */
static void connections_with_and_without_are_not_mixed(void) {
    conn c;
    NEED(t_open(&c, 0, "asks12", "/status/200"));
    NEED(use(c.req, "client one"));
    EQ(x_exchange(&c, 0), 0);
    EQ(x_body(&c, 0, (char[64]){0}, 64), 0);
    WinHttpCloseHandle(c.req);
    NEED(c.req = WinHttpOpenRequest(c.con, NULL, W("/tls"), NULL, NULL, NULL, WINHTTP_FLAG_SECURE));
    EQ(x_exchange(&c, 0), 12044);
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_CLIENT_CERT_CONTEXT, WINHTTP_NO_CLIENT_CERT_CONTEXT, 0));
    EXPECT(strstr(t_seen(&c, 0), "client="));
    EXPECT(!strstr(t_seen(&c, 0), "client=client"));
    h_finish(&c);
}

/* A redirect elsewhere does not take it along. */
static void another_server_does_not_get_it(int async) {
    conn c;
    char path[128];
    snprintf(path, sizeof path, "/status/302?to=https://127.0.0.1:%u/tls", (unsigned)h_port("needs12"));
    NEED(t_open(&c, async, "asks12", path));
    NEED(use(c.req, "client one"));
    EQ(x_exchange(&c, async), 12044);
    h_finish(&c);
    snprintf(path, sizeof path, "/status/302?to=/tls");
    NEED(t_open(&c, async, "asks12", path));
    NEED(use(c.req, "client one"));
    EXPECT(strstr(t_seen(&c, async), "client one"));
    h_finish(&c);
}
BOTH(another_server_does_not_get_it)

/* nginx finishes the handshake with anybody and says in its response what it thinks of the certificate. It tells who the
 * client is, and whether a TLS session was resumed: `r` or `.`. */
static const char *const nginx[] = {"nginx_needs", "nginx_asks"};

static void nginx_row(const char *row, int resumes, int async) {
    conn c;
    const char *seen;
    NEED(t_open(&c, async, row, "/"));
    EQ_ROW(row, x_exchange(&c, async), 12044);
    NEED(use(c.req, "client one"));
    seen = t_seen(&c, async);
    if (!strstr(seen, "resumed=. ") || !strstr(seen, "CN=client one")) FAIL("%s: first %s", row, seen);
    seen = t_seen(&c, async);
    if (!strstr(seen, resumes ? "resumed=r " : "resumed=. ") || !strstr(seen, "CN=client one")) FAIL("%s: again %s", row, seen);
    /* Another request of the session, and nobody: what is resumed speaks for nobody, either. */
    WinHttpCloseHandle(c.req);
    NEED(c.req = WinHttpOpenRequest(c.con, NULL, W("/"), NULL, NULL, NULL, WINHTTP_FLAG_SECURE));
    EQ_ROW(row, x_exchange(&c, async), 12044);
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_CLIENT_CERT_CONTEXT, WINHTTP_NO_CLIENT_CERT_CONTEXT, 0));
    seen = t_seen(&c, async);
    EQ_ROW(row, h_status(c.req), strstr(row, "needs") ? 400 : 200);
    if (strstr(seen, "resumed=r") || strstr(seen, "client one")) FAIL("%s: nobody %s", row, seen);
    h_finish(&c);
}
static void nginx_rows(const char *version, int async) {
    size_t i;
    for (i = 0; i < 2; i++) {
        char row[32];
        snprintf(row, sizeof row, "%s%s", nginx[i], version);
        nginx_row(row, 1, async);
        snprintf(row, sizeof row, "%s%s_anew", nginx[i], version);
        nginx_row(row, 0, async);
    }
}
static void nginx_lets_in_whom_it_knows_in_tls_1_2(int async) { nginx_rows("12", async); }
static void nginx_lets_in_whom_it_knows_in_tls_1_3(int async) { nginx_rows("13", async); }
BOTH(nginx_lets_in_whom_it_knows_in_tls_1_2)
BOTH(nginx_lets_in_whom_it_knows_in_tls_1_3)

#ifndef _WIN32
/* Of an authority that nginx does not trust: its 400 is a response like any other. */
static void nginx_tells_whom_it_does_not_know(int async) {
    static const char *const versions[] = {"12", "12_anew", "13", "13_anew"};
    size_t i;
    for (i = 0; i < 8; i++) {
        conn c;
        char row[32], body[4096];
        snprintf(row, sizeof row, "%s%s", nginx[i % 2], versions[i / 2]);
        NEED(t_open(&c, async, row, "/"));
        NEED(use(c.req, "client unknown"));
        EQ_ROW(row, x_exchange(&c, async), 0);
        EQ_ROW(row, h_status(c.req), 400);
        EQ_ROW(row, x_body(&c, async, body, sizeof body), 0);
        EXPECT(strstr(body, "The SSL certificate error"));
        /* The same handle, with one that it knows through an authority between. */
        NEED(use(c.req, "client two"));
        EXPECT(strstr(t_seen(&c, async), "CN=client two"));
        EQ_ROW(row, h_status(c.req), 200);
        h_finish(&c);
    }
}
BOTH(nginx_tells_whom_it_does_not_know)

static void one_that_the_server_does_not_know_is_refused(int async) {
    static const char *const ports[] = {"needs", "needs12"};
    size_t i;
    for (i = 0; i < 2; i++) {
        conn c;
        NEED(t_open(&c, async, ports[i], "/tls"));
        NEED(use(c.req, "client unknown"));
        EQ_ROW(ports[i], x_exchange(&c, async), 12175);
        h_finish(&c);
    }
}
BOTH(one_that_the_server_does_not_know_is_refused)

/* Its issuer goes along, from the same file. */
static void through_an_authority_between(void) {
    size_t i;
    for (i = 0; i < 4; i++) {
        conn c;
        NEED(t_open(&c, 0, asking[i], "/tls"));
        NEED(use(c.req, "client two"));
        EXPECT(strstr(t_seen(&c, 0), "client two"));
        h_finish(&c);
    }
}

static void the_store_of_own_certificates(void) {
    HCERTSTORE store = own_store(), other;
    PCCERT_CONTEXT context = NULL, again, added = NULL;
    BYTE hash[20];
    CRYPT_HASH_BLOB blob = {sizeof hash, hash};
    DWORD size = sizeof hash;
    int n = 0, keys = 0;
    NEED(store);
    while ((context = CertEnumCertificatesInStore(store, context))) n++;
    EQ(GetLastError(), (DWORD)CRYPT_E_NOT_FOUND);
    EQ(n, 4);
    while ((context = CertFindCertificateInStore(store, X509_ASN_ENCODING, 0, CERT_FIND_HAS_PRIVATE_KEY, NULL, context))) keys++;
    EQ(keys, 3);
    NEED(context = CertFindCertificateInStore(store, X509_ASN_ENCODING, 0, CERT_FIND_SUBJECT_STR_W, W("CLIENT TWO"), NULL));
    EXPECT(CertGetCertificateContextProperty(context, CERT_SHA1_HASH_PROP_ID, hash, &size));
    EQ(size, 20);
    NEED(again = CertFindCertificateInStore(store, X509_ASN_ENCODING, 0, CERT_FIND_SHA1_HASH, &blob, NULL));
    EQ(again->cbCertEncoded, context->cbCertEncoded);
    CertFreeCertificateContext(again);
    NEED(again = CertFindCertificateInStore(store, X509_ASN_ENCODING, 0, CERT_FIND_SUBJECT_NAME, &context->pCertInfo->Subject, NULL));
    CertFreeCertificateContext(again);
    NEED(again = CertFindCertificateInStore(store, X509_ASN_ENCODING, 0, CERT_FIND_EXISTING, context, NULL));
    CertFreeCertificateContext(again);
    EXPECT(!CertFindCertificateInStore(store, X509_ASN_ENCODING, 0, CERT_FIND_SUBJECT_STR_A, "nobody", NULL));
    EXPECT(!CertFindCertificateInStore(store, X509_ASN_ENCODING, 0, 0x00990000, NULL, NULL));
    EQ(GetLastError(), 0x80070057);
    NEED(other = CertOpenStore(CERT_STORE_PROV_MEMORY, 0, 0, 0, NULL));
    EXPECT(CertAddCertificateContextToStore(other, context, CERT_STORE_ADD_ALWAYS, &added));
    NEED(added);
    EXPECT(added->hCertStore == other);
    EXPECT(CertCloseStore(other, 0));
    /* Its store is good for as long as it is. */
    NEED(again = CertEnumCertificatesInStore(added->hCertStore, NULL));
    CertFreeCertificateContext(again);
    CertFreeCertificateContext(added);
    CertCloseStore(store, 0);
    EXPECT(context->pbCertEncoded[0] == 0x30);
    CertFreeCertificateContext(context);
    EXPECT(!CertOpenSystemStoreA(0, "ROOT"));
    EQ(GetLastError(), 2);
}

/* Freed once too often, invented, not a certificate. */
static void wrong_contexts_do_no_harm(void) {
    PCCERT_CONTEXT context = own("client two");
    CERT_CONTEXT invented = {X509_ASN_ENCODING, NULL, 0, NULL, NULL};
    BYTE garbage[] = {0x30, 0x82, 0xff, 0xff, 1, 2, 3};
    PCCERT_CHAIN_CONTEXT chain = (PCCERT_CHAIN_CONTEXT)garbage;
    conn c;
    NEED(context);
    EXPECT(CertFreeCertificateContext(context));
    EXPECT(CertFreeCertificateContext(context));
    EXPECT(CertFreeCertificateContext(NULL));
    CertFreeCertificateChain(chain);
    EXPECT(CertCloseStore((HCERTSTORE)garbage, 0));
    EXPECT(!CertEnumCertificatesInStore((HCERTSTORE)garbage, NULL));
    EXPECT(!CertCreateCertificateContext(X509_ASN_ENCODING, garbage, sizeof garbage));
    EXPECT(!CertCreateCertificateContext(X509_ASN_ENCODING, NULL, 0));
    NEED(t_open(&c, 0, "needs", "/tls"));
    EXPECT(!WinHttpSetOption(c.req, WINHTTP_OPTION_CLIENT_CERT_CONTEXT, &invented, sizeof invented));
    EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    invented.pbCertEncoded = garbage;
    invented.cbCertEncoded = sizeof garbage;
    EXPECT(WinHttpSetOption(c.req, WINHTTP_OPTION_CLIENT_CERT_CONTEXT, &invented, sizeof invented));
    EQ(x_exchange(&c, 0), 12185);
    h_finish(&c);
}
#endif

TESTS {
    CASE2(a_server_that_asks_makes_the_program_decide);
    CASE2(none_is_a_decision_too);
    CASE2(the_certificate_goes_to_who_asks_in_tls_1_2);
    CASE2(the_certificate_goes_to_who_asks_in_tls_1_3);
    CASE(what_can_be_set);
    CASE2(without_a_key_it_is_no_use);
    CASE(connections_with_and_without_are_not_mixed);
    CASE2(another_server_does_not_get_it);
    CASE2(nginx_lets_in_whom_it_knows_in_tls_1_2);
    CASE2(nginx_lets_in_whom_it_knows_in_tls_1_3);
#ifndef _WIN32
    CASE2(nginx_tells_whom_it_does_not_know);
    CASE2(one_that_the_server_does_not_know_is_refused);
    CASE(through_an_authority_between);
    CASE(the_store_of_own_certificates);
    CASE(wrong_contexts_do_no_harm);
#endif
}
END_TESTS
