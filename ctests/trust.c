/* Wine only: certificates judged by the system, with a root of ours in its store, instead of by SSL_CERT_FILE. On a real
 * Windows a dialog would ask the user about the root. */
#include "harness.h"

#ifdef _WIN32
#include <wincrypt.h>

#define STATUS(name) WINHTTP_CALLBACK_STATUS_##name

static int is_wine(void) { return GetProcAddress(GetModuleHandleA("ntdll.dll"), "wine_get_version") != NULL; }

static PCCERT_CONTEXT root(void) {
    static char pem[16384];
    static BYTE der[8192];
    DWORD size = sizeof der;
    char path[1024];
    FILE *file;
    snprintf(path, sizeof path, "%s/ca.pem", getenv("TEST_CERTS"));
    file = fopen(path, "rb");
    if (!file) return NULL;
    pem[fread(pem, 1, sizeof pem - 1, file)] = 0;
    fclose(file);
    if (!CryptStringToBinaryA(pem, 0, CRYPT_STRING_BASE64HEADER, der, &size, NULL, NULL)) return NULL;
    return CertCreateCertificateContext(X509_ASN_ENCODING, der, size);
}

/* Wine 8 keeps a deleted root in the registry, and so for the programs after this one. */
static void forget(PCCERT_CONTEXT ca) {
    BYTE hash[20];
    DWORD i, size = sizeof hash;
    char key[160] = "Software\\Microsoft\\SystemCertificates\\ROOT\\Certificates\\";
    if (!CertGetCertificateContextProperty(ca, CERT_SHA1_HASH_PROP_ID, hash, &size)) return;
    for (i = 0; i < size; i++) sprintf(key + strlen(key), "%02X", hash[i]);
    RegDeleteKeyA(HKEY_CURRENT_USER, key);
}

/* Puts the root into the user's store, or takes it out. */
static int trust(int wanted) {
    HCERTSTORE store = CertOpenSystemStoreA(0, "ROOT");
    PCCERT_CONTEXT ca = root(), found;
    int done = 0;
    if (!store || !ca) return 0;
    if (wanted) {
        done = CertAddCertificateContextToStore(store, ca, CERT_STORE_ADD_REPLACE_EXISTING, NULL);
    } else {
        found = CertFindCertificateInStore(store, X509_ASN_ENCODING, 0, CERT_FIND_EXISTING, ca, NULL);
        done = !found || CertDeleteCertificateFromStore(found);
        forget(ca);
    }
    CertFreeCertificateContext(ca);
    CertCloseStore(store, 0);
    return done;
}

static void judge(const char *port, DWORD error, DWORD flags) {
    recorder *r = rec_new();
    conn c;
    h_record e = {0};
    NEED(h_prepare(&c, 0, port, "/status/200", r, 0));
    EQ_ROW(port, h_exchange(&c, 0), error);
    if (error) {
        EXPECT(rec_wait_nth(r, c.req, STATUS(SECURE_FAILURE), 1, 100, &e));
        EQ_ROW(port, e.info.number, flags);
    }
    h_finish(&c);
}

static void a_root_in_the_store_is_trusted(void) {
    NEED(trust(1));
    judge("tls", 0, 0);
    judge("expired", 12175, WINHTTP_CALLBACK_STATUS_FLAG_CERT_DATE_INVALID);
    judge("wrongname", 12175, WINHTTP_CALLBACK_STATUS_FLAG_CERT_CN_INVALID);
    judge("unknown", 12175, WINHTTP_CALLBACK_STATUS_FLAG_INVALID_CA);
    EXPECT(trust(0));
}
#endif

TESTS {
#ifdef _WIN32
    SetEnvironmentVariableA("SSL_CERT_FILE", NULL);
    if (is_wine()) CASE(a_root_in_the_store_is_trusted);
#endif
}
END_TESTS
