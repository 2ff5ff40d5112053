/* Heaps: malloc with a header that knows size and heap, so that HeapSize is exact and HeapDestroy frees all. */
#include <pthread.h>

#include "internal.h"

struct heap {
    pthread_mutex_t lock;
    struct block *first;
};

struct block {
    struct heap *heap;
    struct block *before, *after;
    SIZE_T size;
};

static struct heap process_heap = { .lock = PTHREAD_MUTEX_INITIALIZER };

HANDLE WINAPI GetProcessHeap(void)
{
    return &process_heap;
}

HANDLE WINAPI HeapCreate(DWORD options, SIZE_T initial, SIZE_T maximum)
{
    struct heap *heap = calloc(1, sizeof *heap);

    (void)options;
    (void)initial;
    (void)maximum;
    if (heap == NULL)
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
    else
        pthread_mutex_init(&heap->lock, NULL);
    return heap;
}

BOOL WINAPI HeapDestroy(HANDLE handle)
{
    struct heap *heap = handle;

    if (heap == NULL || heap == &process_heap) {
        SetLastError(ERROR_INVALID_HANDLE);
        return FALSE;
    }
    while (heap->first != NULL) {
        struct block *block = heap->first;
        heap->first = block->after;
        free(block);
    }
    pthread_mutex_destroy(&heap->lock);
    free(heap);
    return TRUE;
}

static void insert(struct heap *heap, struct block *block)
{
    block->heap = heap;
    block->before = NULL;
    pthread_mutex_lock(&heap->lock);
    block->after = heap->first;
    if (heap->first != NULL)
        heap->first->before = block;
    heap->first = block;
    pthread_mutex_unlock(&heap->lock);
}

static void take_out(struct block *block)
{
    struct heap *heap = block->heap;

    pthread_mutex_lock(&heap->lock);
    if (block->before != NULL)
        block->before->after = block->after;
    else
        heap->first = block->after;
    if (block->after != NULL)
        block->after->before = block->before;
    pthread_mutex_unlock(&heap->lock);
}

LPVOID WINAPI HeapAlloc(HANDLE handle, DWORD flags, SIZE_T size)
{
    struct block *block = size > SIZE_MAX / 2 ? NULL : malloc(sizeof *block + size);

    if (block == NULL)
        return NULL;
    block->size = size;
    insert(handle, block);
    if (flags & HEAP_ZERO_MEMORY)
        memset(block + 1, 0, size);
    return block + 1;
}

LPVOID WINAPI HeapReAlloc(HANDLE handle, DWORD flags, LPVOID memory, SIZE_T size)
{
    struct block *block = (struct block *)memory - 1;

    if (memory == NULL || size > SIZE_MAX / 2 || ((flags & HEAP_REALLOC_IN_PLACE_ONLY) && size > block->size))
        return NULL;
    if (flags & HEAP_REALLOC_IN_PLACE_ONLY) {
        block->size = size;
        return memory;
    }
    take_out(block);
    struct block *grown = realloc(block, sizeof *block + size);
    if (grown == NULL) {
        insert(handle, block);
        return NULL;
    }
    if ((flags & HEAP_ZERO_MEMORY) && size > grown->size)
        memset((char *)(grown + 1) + grown->size, 0, size - grown->size);
    grown->size = size;
    insert(handle, grown);
    return grown + 1;
}

SIZE_T WINAPI HeapSize(HANDLE handle, DWORD flags, LPCVOID memory)
{
    (void)handle;
    (void)flags;
    return memory == NULL ? (SIZE_T)-1 : ((const struct block *)memory - 1)->size;
}

BOOL WINAPI HeapFree(HANDLE handle, DWORD flags, LPVOID memory)
{
    (void)handle;
    (void)flags;
    if (memory != NULL) {
        take_out((struct block *)memory - 1);
        free((struct block *)memory - 1);
    }
    return TRUE;
}

LPVOID WINAPI GlobalLock(HGLOBAL memory)
{
    return memory;
}

BOOL WINAPI GlobalUnlock(HGLOBAL memory)
{
    (void)memory;
    SetLastError(NO_ERROR);
    return FALSE;
}
