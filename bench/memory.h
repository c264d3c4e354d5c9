/* bench/memory.h - how much memory this process has and had at the most (Linux). */
#ifndef BENCH_MEMORY_H
#define BENCH_MEMORY_H

#include <malloc.h>
#include <stdio.h>
#include <sys/resource.h>

/* Largest resident size since the last reset. */
static inline double bench_peak_mb(void)
{
    struct rusage usage;

    if (getrusage(RUSAGE_SELF, &usage) != 0)
        return 0;
    return (double)usage.ru_maxrss * 1024 / 1e6;
}

static inline double bench_resident_mb(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    long long pages = 0, resident = 0;

    if (file == NULL || fscanf(file, "%lld %lld", &pages, &resident) != 2)
        resident = 0;
    if (file != NULL)
        (void)fclose(file);
    return (double)resident * 4096 / 1e6;
}

/* Give back what was freed, which must not count as room to work in, and forget the peak so far;
 * the resident size then. */
static inline double bench_reset_peak(void)
{
    FILE *file;

    (void)malloc_trim(0);
    file = fopen("/proc/self/clear_refs", "w");
    if (file != NULL) {
        (void)fputs("5", file);
        (void)fclose(file);
    }
    return bench_resident_mb();
}

#endif
