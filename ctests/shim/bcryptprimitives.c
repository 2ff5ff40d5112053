/* Test only. Rust's standard library takes random numbers from bcryptprimitives.dll, which Wine has since 8.10;
 * for older ones this file, built as that DLL and put beside the program, forwards to the older call. */
#include <windows.h>

BOOLEAN NTAPI SystemFunction036(PVOID buffer, ULONG length); /* RtlGenRandom, in advapi32 */

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE buffer, SIZE_T length) {
    return SystemFunction036(buffer, (ULONG)length);
}
