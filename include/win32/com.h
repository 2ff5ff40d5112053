/* Enough of COM for programs that ask it for help and can do without: no class is registered, so nothing is created. */
#ifndef WIN32_COM_H
#define WIN32_COM_H

#include "base.h"
#include "errors.h"
#include "guid.h"

#define COINIT_MULTITHREADED 0x0
#define COINIT_APARTMENTTHREADED 0x2
#define COINIT_DISABLE_OLE1DDE 0x4
#define COINIT_SPEED_OVER_MEMORY 0x8

#define CLSCTX_INPROC_SERVER 0x1
#define CLSCTX_INPROC_HANDLER 0x2
#define CLSCTX_LOCAL_SERVER 0x4
#define CLSCTX_REMOTE_SERVER 0x10
#define CLSCTX_ALL 0x17

#define RPC_E_CHANGED_MODE ((HRESULT)0x80010106)
#define REGDB_E_CLASSNOTREG ((HRESULT)0x80040154)
#define CO_E_NOTINITIALIZED ((HRESULT)0x800401F0)

#ifdef __cplusplus
struct IUnknown {
    virtual HRESULT WINAPI QueryInterface(REFIID riid, void **object) = 0;
    virtual ULONG WINAPI AddRef() = 0;
    virtual ULONG WINAPI Release() = 0;
};
typedef IUnknown *LPUNKNOWN;
#else
typedef struct IUnknown IUnknown, *LPUNKNOWN;
typedef struct IUnknownVtbl {
    HRESULT(WINAPI *QueryInterface)(IUnknown *self, REFIID riid, void **object);
    ULONG(WINAPI *AddRef)(IUnknown *self);
    ULONG(WINAPI *Release)(IUnknown *self);
} IUnknownVtbl;
struct IUnknown {
    const IUnknownVtbl *lpVtbl;
};
#endif

WIN32_BEGIN

/* S_OK the first time on a thread, S_FALSE after that; RPC_E_CHANGED_MODE for another kind of apartment. */
HRESULT WINAPI CoInitializeEx(LPVOID reserved, DWORD flags);
HRESULT WINAPI CoInitialize(LPVOID reserved);
void WINAPI CoUninitialize(void);
/* CO_E_NOTINITIALIZED or REGDB_E_CLASSNOTREG; *object is NULL then. */
HRESULT WINAPI CoCreateInstance(REFCLSID clsid, LPUNKNOWN outer, DWORD context, REFIID riid, LPVOID *object);

WIN32_END

#endif
