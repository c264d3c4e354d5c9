/* memory.c - reads what the kernel says: /proc/meminfo, and the limits of a control group and of
 * the address space. */
#include "base/memory.h"

#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

/* The number on the first line that fits the pattern; `otherwise` where there is none. */
static unsigned long long read_number(const char *path, const char *pattern,
                                      unsigned long long otherwise)
{
    FILE *file = fopen(path, "re");
    unsigned long long number = otherwise;
    char line[128];

    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, pattern, &number) == 1)
            break;
    if (file != NULL)
        (void)fclose(file);
    return number;
}

/* What is left of a limit on the address space. */
static unsigned long long address_space(unsigned long long none)
{
    struct rlimit limit;
    unsigned long long used;

    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return none;
    used = read_number("/proc/self/statm", "%llu", 0) * (unsigned long long)sysconf(_SC_PAGESIZE);
    return limit.rlim_cur > used ? limit.rlim_cur - used : 0;
}

size_t reel__memory_available(void)
{
    const unsigned long long none = UINT64_MAX;
    const unsigned long long kilobytes =
        read_number("/proc/meminfo", "MemAvailable: %llu kB", none / 1024);
    const unsigned long long limit = read_number("/sys/fs/cgroup/memory.max", "%llu", none);
    const unsigned long long used = read_number("/sys/fs/cgroup/memory.current", "%llu", 0);
    const unsigned long long inside = limit == none || used > limit ? limit : limit - used;

    const unsigned long long space = address_space(none);
    const unsigned long long least = kilobytes * 1024 < inside ? kilobytes * 1024 : inside;

    return (size_t)(least < space ? least : space);
}

size_t reel__memory_peak(void)
{
    struct rusage usage = {0};

    return getrusage(RUSAGE_SELF, &usage) == 0 ? (size_t)usage.ru_maxrss * 1024 : 0;
}

void reel__memory_text(char out[REEL_MEMORY_TEXT], double bytes)
{
    static const char *const units[] = {"bytes", "kB", "MB", "GB"};
    size_t unit = 0;

    /* What would be printed as 1000 of a unit is 1 of the next. */
    while (bytes >= 999.5 && unit + 1 < sizeof units / sizeof *units) {
        bytes *= 1e-3;
        unit++;
    }
    (void)snprintf(out, REEL_MEMORY_TEXT, bytes < 999.5 ? "%.3g %s" : "%.0f %s", bytes,
                   units[unit]);
}
