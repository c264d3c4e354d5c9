/* reel/version.h - library version and the compiler attributes the public headers use.
 * Layer: base.
 */
#ifndef REEL_VERSION_H
#define REEL_VERSION_H

#define REEL_VERSION "0.1.0"

#if defined(__GNUC__)
#define REEL_PUBLIC              __attribute__((visibility("default")))
#define REEL_MUST_USE            __attribute__((warn_unused_result))
#define REEL_PRINTF(text, first) __attribute__((__format__(__printf__, text, first)))
#else
#define REEL_PUBLIC
#define REEL_MUST_USE
#define REEL_PRINTF(text, first)
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The version the library was built as, which may differ from REEL_VERSION of the headers. */
REEL_PUBLIC const char *reel_version(void);

#ifdef __cplusplus
}
#endif
#endif
