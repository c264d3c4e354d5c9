/* driver.h - the functions of libmongoc. The library is loaded when MongoDB is first spoken of: at
 * its start it sets up TLS and shared memory, 7 ms and 6 MB that every command would pay.
 */
#ifndef REEL_STORE_MONGO_DRIVER_H
#define REEL_STORE_MONGO_DRIVER_H

#include <mongoc/mongoc.h>

#include "reel/err.h"

/* F(name): mongoc_name is used somewhere in this folder. */
#define REEL_MONGOC_FUNCTIONS(F)                                                                   \
    F(bulk_operation_destroy)                                                                      \
    F(bulk_operation_execute)                                                                      \
    F(bulk_operation_update_one_with_opts)                                                         \
    F(client_command_simple)                                                                       \
    F(client_get_collection)                                                                       \
    F(client_pool_destroy)                                                                         \
    F(client_pool_new_with_error)                                                                  \
    F(client_pool_pop)                                                                             \
    F(client_pool_push)                                                                            \
    F(client_pool_set_appname)                                                                     \
    F(client_pool_set_error_api)                                                                   \
    F(collection_delete_many)                                                                      \
    F(collection_destroy)                                                                          \
    F(collection_insert_many)                                                                      \
    F(collection_write_command_with_opts)                                                          \
    F(collection_create_bulk_operation_with_opts)                                                  \
    F(collection_find_with_opts)                                                                   \
    F(cursor_destroy)                                                                              \
    F(cursor_error)                                                                                \
    F(cursor_next)                                                                                 \
    F(log_set_handler)                                                                             \
    F(uri_destroy)                                                                                 \
    F(uri_get_hosts)                                                                               \
    F(uri_get_option_as_int32)                                                                     \
    F(uri_get_srv_hostname)                                                                        \
    F(uri_new_with_error)                                                                          \
    F(uri_set_option_as_int32)                                                                     \
    F(write_concern_append)                                                                        \
    F(write_concern_destroy)                                                                       \
    F(write_concern_new)                                                                           \
    F(write_concern_set_journal)                                                                   \
    F(write_concern_set_w)

#define REEL_MONGOC_MEMBER(name) __typeof__(mongoc_##name) *(name);
typedef struct reel_mongoc {
    REEL_MONGOC_FUNCTIONS(REEL_MONGOC_MEMBER)
} reel_mongoc;
#undef REEL_MONGOC_MEMBER

/* Filled by reel__mongoc_load, constant afterwards. */
extern reel_mongoc reel__mongoc;
/* Any thread, any number of times. Errors: E_INVALID (there is no such library). */
REEL_MUST_USE reel_code reel__mongoc_load(reel_err *err);

#endif
