/* COM without classes, and unique identifiers. */
#include <sys/random.h>
#include <urlmon.h>

#include "internal.h"

const CLSID CLSID_InternetSecurityManager = {0x7B8A2D94, 0x0AC9, 0x11D1, {0x89, 0x6C, 0x00, 0xC0, 0x4F, 0xB6, 0xBF, 0xC4}};
const IID IID_IInternetSecurityManager = {0x79EAC9EE, 0xBAF9, 0x11CE, {0x8C, 0x82, 0x00, 0xAA, 0x00, 0x4B, 0xA9, 0x0B}};

/* This thread's calls of CoInitializeEx, and the kind of apartment the first one asked for. */
static _Thread_local unsigned initialised;
static _Thread_local DWORD apartment;

HRESULT WINAPI CoInitializeEx(LPVOID reserved, DWORD flags)
{
    if (reserved != NULL)
        return E_INVALIDARG;
    if (initialised == 0)
        apartment = flags & COINIT_APARTMENTTHREADED;
    else if (apartment != (flags & COINIT_APARTMENTTHREADED))
        return RPC_E_CHANGED_MODE;
    return initialised++ == 0 ? S_OK : S_FALSE;
}

HRESULT WINAPI CoInitialize(LPVOID reserved)
{
    return CoInitializeEx(reserved, COINIT_APARTMENTTHREADED);
}

void WINAPI CoUninitialize(void)
{
    if (initialised > 0)
        initialised--;
}

HRESULT WINAPI CoCreateInstance(REFCLSID clsid, LPUNKNOWN outer, DWORD context, REFIID riid, LPVOID *object)
{
    (void)clsid, (void)outer, (void)context, (void)riid;
    if (object == NULL)
        return E_POINTER;
    *object = NULL;
    return initialised == 0 ? CO_E_NOTINITIALIZED : REGDB_E_CLASSNOTREG;
}

RPC_STATUS WINAPI UuidCreate(UUID *out)
{
    if (getrandom(out, sizeof *out, 0) != (ssize_t)sizeof *out)
        return RPC_S_UUID_NO_ADDRESS;
    out->Data3 = (WORD)((out->Data3 & 0x0FFF) | 0x4000);
    out->Data4[0] = (BYTE)((out->Data4[0] & 0x3F) | 0x80);
    return RPC_S_OK;
}
