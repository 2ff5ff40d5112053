/*
 * Interlocked operations, sequentially consistent, for any integer width: Windows programs pass `long` as often as
 * LONG, and those differ in size here. Macros in C, templates in C++.
 */
#ifndef WIN32_INTERLOCKED_H
#define WIN32_INTERLOCKED_H

#include "base.h"

#define MemoryBarrier() __sync_synchronize()
#if defined(__x86_64__) || defined(__i386__)
#define YieldProcessor() __builtin_ia32_pause()
#else
#define YieldProcessor() ((void)0)
#endif

#ifdef __cplusplus

extern "C++" {
template <class T>
struct win32_same {
    typedef T type;
};

#define WIN32_INTERLOCKED_1(name, builtin) \
    template <class T> \
    inline T name(T volatile *target) \
    { \
        return builtin(target, T(1), __ATOMIC_SEQ_CST); \
    }
#define WIN32_INTERLOCKED_2(name, builtin) \
    template <class T> \
    inline T name(T volatile *target, typename win32_same<T>::type value) \
    { \
        return builtin(target, value, __ATOMIC_SEQ_CST); \
    }
#define WIN32_INTERLOCKED_CAS(name) \
    template <class T> \
    inline T name(T volatile *target, typename win32_same<T>::type value, typename win32_same<T>::type expected) \
    { \
        __atomic_compare_exchange_n(target, &expected, value, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST); \
        return expected; \
    }
WIN32_INTERLOCKED_1(InterlockedIncrement, __atomic_add_fetch)
WIN32_INTERLOCKED_1(InterlockedDecrement, __atomic_sub_fetch)
WIN32_INTERLOCKED_1(InterlockedIncrement64, __atomic_add_fetch)
WIN32_INTERLOCKED_1(InterlockedDecrement64, __atomic_sub_fetch)
WIN32_INTERLOCKED_2(InterlockedExchange, __atomic_exchange_n)
WIN32_INTERLOCKED_2(InterlockedExchange8, __atomic_exchange_n)
WIN32_INTERLOCKED_2(InterlockedExchange64, __atomic_exchange_n)
WIN32_INTERLOCKED_2(InterlockedExchangeAdd, __atomic_fetch_add)
WIN32_INTERLOCKED_2(InterlockedExchangeAdd64, __atomic_fetch_add)
WIN32_INTERLOCKED_2(InterlockedAdd, __atomic_add_fetch)
WIN32_INTERLOCKED_2(InterlockedAdd64, __atomic_add_fetch)
WIN32_INTERLOCKED_2(InterlockedAnd, __atomic_fetch_and)
WIN32_INTERLOCKED_2(InterlockedOr, __atomic_fetch_or)
WIN32_INTERLOCKED_2(InterlockedXor, __atomic_fetch_xor)
WIN32_INTERLOCKED_2(InterlockedAnd64, __atomic_fetch_and)
WIN32_INTERLOCKED_2(InterlockedOr64, __atomic_fetch_or)
WIN32_INTERLOCKED_CAS(InterlockedCompareExchange)
WIN32_INTERLOCKED_CAS(InterlockedCompareExchange64)
#undef WIN32_INTERLOCKED_1
#undef WIN32_INTERLOCKED_2
#undef WIN32_INTERLOCKED_CAS

inline PVOID InterlockedExchangePointer(PVOID volatile *target, PVOID value)
{
    return __atomic_exchange_n(target, value, __ATOMIC_SEQ_CST);
}
inline PVOID InterlockedCompareExchangePointer(PVOID volatile *target, PVOID value, PVOID expected)
{
    __atomic_compare_exchange_n(target, &expected, value, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    return expected;
}
}

#else

#define InterlockedIncrement(target) __atomic_add_fetch((target), 1, __ATOMIC_SEQ_CST)
#define InterlockedDecrement(target) __atomic_sub_fetch((target), 1, __ATOMIC_SEQ_CST)
#define InterlockedIncrement64(target) InterlockedIncrement(target)
#define InterlockedDecrement64(target) InterlockedDecrement(target)
#define InterlockedExchange(target, value) __atomic_exchange_n((target), (value), __ATOMIC_SEQ_CST)
#define InterlockedExchange8(target, value) InterlockedExchange(target, value)
#define InterlockedExchange64(target, value) InterlockedExchange(target, value)
#define InterlockedExchangePointer(target, value) InterlockedExchange(target, value)
#define InterlockedExchangeAdd(target, value) __atomic_fetch_add((target), (value), __ATOMIC_SEQ_CST)
#define InterlockedExchangeAdd64(target, value) InterlockedExchangeAdd(target, value)
#define InterlockedAdd(target, value) __atomic_add_fetch((target), (value), __ATOMIC_SEQ_CST)
#define InterlockedAdd64(target, value) InterlockedAdd(target, value)
#define InterlockedAnd(target, value) __atomic_fetch_and((target), (value), __ATOMIC_SEQ_CST)
#define InterlockedOr(target, value) __atomic_fetch_or((target), (value), __ATOMIC_SEQ_CST)
#define InterlockedXor(target, value) __atomic_fetch_xor((target), (value), __ATOMIC_SEQ_CST)
#define InterlockedAnd64(target, value) InterlockedAnd(target, value)
#define InterlockedOr64(target, value) InterlockedOr(target, value)
#define InterlockedCompareExchange(target, value, expected) \
    __sync_val_compare_and_swap((target), (expected), (value))
#define InterlockedCompareExchange64(target, value, expected) InterlockedCompareExchange(target, value, expected)
#define InterlockedCompareExchangePointer(target, value, expected) InterlockedCompareExchange(target, value, expected)

#endif

#endif
