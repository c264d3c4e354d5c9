/* base/file.h - whole files: mapped reading, atomic writing, folders, locks.
 * Layer: base. Threads: one thread at a time per object.
 */
#ifndef REEL_BASE_FILE_H
#define REEL_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reel/err.h"

/* A file mapped for reading. data is never NULL (an empty file gives a pointer to nothing). */
typedef struct reel_file_map {
    const unsigned char *data;
    size_t size_bytes;
    bool mapped;
} reel_file_map;

/* Errors: E_NOTFOUND, E_STORE (permissions, a folder, I/O), E_NOMEM. */
REEL_MUST_USE reel_code reel__file_map_open(reel_file_map *out, const char *path, reel_err *err);
void reel__file_map_close(reel_file_map *map);
/* What lies before `until` was read: it need not stay in memory. It may still be read again. */
void reel__file_map_forget(const reel_file_map *map, const void *until);

/* Whether what this process writes is to outlast a power cut: yes, unless it was said that all of
 * it goes when the process ends (a simulation), which then waits for no disk. */
void reel__file_set_lasting(bool lasting);
bool reel__file_is_lasting(void);

/* A file that appears under its name only when it is complete: written beside it, fsynced, renamed.
 * Abort (or a crash) leaves what was there. A full disk is E_STORE with the path and the reason.
 * Devices, pipes and "/dev/stdout" are written to as they are. A database is not replaced
 * (E_CONFLICT). */
typedef struct reel_file_writer reel_file_writer;
REEL_MUST_USE reel_code reel__file_writer_open(reel_file_writer **out, const char *path,
                                               reel_err *err);
REEL_MUST_USE reel_code reel__file_writer_write(reel_file_writer *writer, const void *data,
                                                size_t length, reel_err *err);
/* Flush, fsync file and folder, rename. The writer is freed in any case. */
REEL_MUST_USE reel_code reel__file_writer_commit(reel_file_writer *writer, reel_err *err);
void reel__file_writer_abort(reel_file_writer *writer); /* NULL allowed */
/* Whether a writer could be opened now, so that hours of work do not end with a wrong name. Devices
 * and pipes are not touched: opening one may already say something to its reader. */
REEL_MUST_USE reel_code reel__file_check_writable(const char *path, reel_err *err);
REEL_MUST_USE reel_code reel__file_write(const char *path, const void *data, size_t length,
                                         reel_err *err);

/* A file that grows by whole records, each written by one call, so that a process that is killed
 * leaves one cut record at the most. Other processes are kept out while it is open. */
typedef struct reel_file_appender {
    int fd; /* -1 = none */
} reel_file_appender;
/* Made when missing. Errors: E_CONFLICT (another process has it open), E_STORE. */
REEL_MUST_USE reel_code reel__file_append_open(reel_file_appender *out, const char *path,
                                               reel_err *err);
REEL_MUST_USE reel_code reel__file_append(reel_file_appender *appender, const char *path,
                                          const void *data, size_t length, reel_err *err);
/* Leave out what stands behind the first `size_bytes`. */
REEL_MUST_USE reel_code reel__file_append_cut(reel_file_appender *appender, const char *path,
                                              size_t size_bytes, reel_err *err);
void reel__file_append_close(reel_file_appender *appender);

bool reel__file_exists(const char *path);
bool reel__file_is_folder(const char *path);
/* Whether two names are of one file, which need not be there yet. */
bool reel__file_same(const char *one, const char *other);
/* Size in bytes, or -1. */
int64_t reel__file_size(const char *path);
/* What may still be written, and all there is, on the disk of a file or folder that is there. */
bool reel__file_space(const char *path, int64_t *free_bytes, int64_t *total_bytes);
/* Bytes of a file, or of all files of a folder and of those in it; one of several names there
 * counts once. -1 = it is not there. Cost: a look at each file. */
int64_t reel__file_taken(const char *path);
/* Permission bits (0644 ...), or -1. */
int reel__file_mode(const char *path);
enum { REEL_FILE_OTHERS = 0066 }; /* the bits of a mode that let others read or write */
/* Folder and the folders above it. An existing one is fine. */
REEL_MUST_USE reel_code reel__file_make_folder(const char *path, reel_err *err);
/* A new folder for this process alone, in TMPDIR or else /tmp: "…/reel-WHAT-x7Y2pq". "" after an
 * error, E_STORE. */
enum { REEL_FILE_TEMPORARY = 200 };
REEL_MUST_USE reel_code reel__file_make_temporary(char out[REEL_FILE_TEMPORARY], const char *what,
                                                  reel_err *err);
/* A folder with all in it, or a file; links are not followed. What cannot be removed stays. */
void reel__file_remove_tree(const char *path);
/* "a/b" from "a" and "b", owned by the caller; NULL without memory. */
char *reel__path_join(const char *folder, const char *name);

/* An exclusive advisory lock on a file (made when missing), held until unlock or the process ends.
 * Errors: E_CONFLICT (another process holds it), E_STORE. */
typedef struct reel_file_lock {
    int fd;
} reel_file_lock;
REEL_MUST_USE reel_code reel__file_lock(reel_file_lock *out, const char *path, reel_err *err);
void reel__file_unlock(reel_file_lock *lock);

/* A file of our own, made or emptied, and locked against others who do the same: for what is
 * written by another library and then renamed. Errors: E_CONFLICT, E_STORE. */
REEL_MUST_USE reel_code reel__file_own(reel_file_lock *out, const char *path, reel_err *err);
/* Give a file that is complete its name, safe on disk when this returns. */
REEL_MUST_USE reel_code reel__file_rename(const char *from, const char *to, reel_err *err);

#endif
