/* base/env.h - settings: flags before environment before `.env` before default.
 * Layer: base. Threads: load once before threads start, then read only.
 */
#ifndef REEL_BASE_ENV_H
#define REEL_BASE_ENV_H

#include <stddef.h>

#include "reel/err.h"

/* Read NAME=value lines (comments, quotes, `export`) and set those the environment lacks. A missing
 * file is fine. A file others may read is E_DENIED, naming `chmod 600`, when it holds a line whose
 * name ends in KEY, TOKEN, SECRET, PASSWORD, URI or DATABASE_URL, or an address with a password;
 * one that everybody may write is in any case. Errors: E_SYNTAX with line, also where a name stands
 * in two of them. */
REEL_MUST_USE reel_code reel__env_load(const char *path, reel_err *err);
/* Read the same lines from memory and hand each setting on; path is for messages only. Stops at the
 * first code that is not REEL_OK. */
REEL_MUST_USE reel_code reel__env_parse(const char *text, size_t length, const char *path,
                                        reel_code (*found)(void *user, const char *name,
                                                           const char *value, reel_err *err),
                                        void *user, reel_err *err);
/* Value, or fallback when unset or empty. */
const char *reel__env_get(const char *name, const char *fallback);

#endif
