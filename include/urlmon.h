/* URL zones as an interface; nothing here implements it, so CoCreateInstance says REGDB_E_CLASSNOTREG. */
#ifndef WIN32_URLMON_HEADER
#define WIN32_URLMON_HEADER

#include "objbase.h"

typedef enum tagURLZONE {
    URLZONE_INVALID = -1,
    URLZONE_LOCAL_MACHINE = 0,
    URLZONE_INTRANET,
    URLZONE_TRUSTED,
    URLZONE_INTERNET,
    URLZONE_UNTRUSTED
} URLZONE;

#ifdef __cplusplus
#define WIN32_SELF
struct IInternetSecurityManager : public IUnknown {
#define WIN32_METHOD(name, arguments) virtual HRESULT WINAPI name arguments = 0;
#else
typedef struct IInternetSecurityManager IInternetSecurityManager;
#define WIN32_SELF IInternetSecurityManager *self,
#define WIN32_METHOD(name, arguments) HRESULT(WINAPI *name) arguments;
typedef struct IInternetSecurityManagerVtbl {
    WIN32_METHOD(QueryInterface, (WIN32_SELF REFIID riid, void **object))
    ULONG(WINAPI *AddRef)(IInternetSecurityManager *self);
    ULONG(WINAPI *Release)(IInternetSecurityManager *self);
#endif
    WIN32_METHOD(SetSecuritySite, (WIN32_SELF void *site))
    WIN32_METHOD(GetSecuritySite, (WIN32_SELF void **site))
    WIN32_METHOD(MapUrlToZone, (WIN32_SELF LPCWSTR url, DWORD *zone, DWORD flags))
    WIN32_METHOD(GetSecurityId, (WIN32_SELF LPCWSTR url, BYTE *id, DWORD *size, DWORD_PTR reserved))
    WIN32_METHOD(ProcessUrlAction, (WIN32_SELF LPCWSTR url, DWORD action, BYTE *policy, DWORD size, BYTE *context,
        DWORD context_size, DWORD flags, DWORD reserved))
    WIN32_METHOD(QueryCustomPolicy, (WIN32_SELF LPCWSTR url, REFGUID key, BYTE **policy, DWORD *size, BYTE *context,
        DWORD context_size, DWORD reserved))
    WIN32_METHOD(SetZoneMapping, (WIN32_SELF DWORD zone, LPCWSTR pattern, DWORD flags))
    WIN32_METHOD(GetZoneMappings, (WIN32_SELF DWORD zone, void **patterns, DWORD flags))
#ifdef __cplusplus
};
#else
} IInternetSecurityManagerVtbl;
struct IInternetSecurityManager {
    const IInternetSecurityManagerVtbl *lpVtbl;
};
#endif
WIN32_BEGIN
extern const CLSID CLSID_InternetSecurityManager;
extern const IID IID_IInternetSecurityManager;
WIN32_END
#undef WIN32_METHOD
#undef WIN32_SELF

#endif
