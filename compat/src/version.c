/* Comparing versions of Windows: this one says it is 10.0. */
#include "internal.h"

enum { MAJOR = 10, MINOR = 0, BUILD = 19045 };

/* The fields in the order of their bits; each has three bits in the mask. */
static unsigned condition_of(DWORDLONG mask, DWORD field)
{
    return (unsigned)(mask >> (3 * __builtin_ctz(field)) & 7);
}

ULONGLONG WINAPI VerSetConditionMask(ULONGLONG mask, DWORD field, BYTE condition)
{
    for (; field != 0; field &= field - 1)
        mask |= (ULONGLONG)(condition & 7) << (3 * __builtin_ctz(field));
    return mask;
}

static bool holds(unsigned condition, DWORD ours, DWORD wanted)
{
    switch (condition) {
    case VER_EQUAL: return ours == wanted;
    case VER_GREATER: return ours > wanted;
    case VER_GREATER_EQUAL: return ours >= wanted;
    case VER_LESS: return ours < wanted;
    case VER_LESS_EQUAL: return ours <= wanted;
    default: return (ours & wanted) != 0 || wanted == 0;
    }
}

/* Major, minor and service pack are one number: a lower part counts only when the higher ones are equal. */
static bool version_holds(LPOSVERSIONINFOEXW info, DWORD fields, DWORDLONG mask)
{
    static const DWORD order[] = {VER_MAJORVERSION, VER_MINORVERSION, VER_SERVICEPACKMAJOR, VER_SERVICEPACKMINOR};
    const DWORD ours[] = {MAJOR, MINOR, 0, 0};
    const DWORD wanted[] = {info->dwMajorVersion, info->dwMinorVersion, info->wServicePackMajor, info->wServicePackMinor};
    unsigned condition = 0;

    for (int i = 0; i < 4; i++) {
        if ((fields & order[i]) == 0)
            continue;
        condition = condition_of(mask, order[i]);
        if (ours[i] != wanted[i])
            return holds(condition, ours[i], wanted[i]);
    }
    return condition == 0 || condition == VER_EQUAL || condition == VER_GREATER_EQUAL || condition == VER_LESS_EQUAL;
}

BOOL WINAPI VerifyVersionInfoW(LPOSVERSIONINFOEXW info, DWORD fields, DWORDLONG conditions)
{
    bool good = fields != 0;

    for (DWORD rest = fields; rest != 0; rest &= rest - 1)
        if (condition_of(conditions, rest & -rest) == 0)
            good = false;
    if (!good) {
        SetLastError(ERROR_BAD_ARGUMENTS);
        return FALSE;
    }
    if (!version_holds(info, fields, conditions) ||
        ((fields & VER_BUILDNUMBER) && !holds(condition_of(conditions, VER_BUILDNUMBER), BUILD, info->dwBuildNumber)) ||
        ((fields & VER_PLATFORMID) && !holds(condition_of(conditions, VER_PLATFORMID), VER_PLATFORM_WIN32_NT, info->dwPlatformId)) ||
        ((fields & VER_SUITENAME) && info->wSuiteMask != 0) ||
        ((fields & VER_PRODUCT_TYPE) && !holds(condition_of(conditions, VER_PRODUCT_TYPE), VER_NT_WORKSTATION, info->wProductType))) {
        SetLastError(ERROR_OLD_WIN_VERSION);
        return FALSE;
    }
    return TRUE;
}

BOOL WINAPI VerifyVersionInfoA(LPOSVERSIONINFOEXA info, DWORD fields, DWORDLONG conditions)
{
    OSVERSIONINFOEXW wide = {
        .dwMajorVersion = info->dwMajorVersion,
        .dwMinorVersion = info->dwMinorVersion,
        .dwBuildNumber = info->dwBuildNumber,
        .dwPlatformId = info->dwPlatformId,
        .wServicePackMajor = info->wServicePackMajor,
        .wServicePackMinor = info->wServicePackMinor,
        .wSuiteMask = info->wSuiteMask,
        .wProductType = info->wProductType,
    };

    return VerifyVersionInfoW(&wide, fields, conditions);
}
