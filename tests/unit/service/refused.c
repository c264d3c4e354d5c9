/* A job whose training was refused keeps by how much, as its process told. */
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "service/operation/jobs.h"
#include "support/world.h"

enum { WAIT_US = 1000, TEXT = 1 << 16 };

/* In the place of `reel train`. */
static const char program[] =
    "#!/bin/sh\n"
    "echo '{\"result\":{\"models\":[],\"gate\":{\"overlap\":0.25}}}'\n"
    "echo '{\"error\":{\"code\":\"E_CONFLICT\",\"detail\":\"lists other films\"}}'\n"
    "exit 7\n";

static const char *write_program(void)
{
    const char *path = temp_path("program");
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_true(fputs(program, file) >= 0);
    assert_int_equal(fchmod(fileno(file), 0755), 0);
    assert_int_equal(fclose(file), 0);
    return path;
}

static json_t *job_of(reel_store *store, int64_t id)
{
    reel_buf text;
    reel_json json;
    json_t *out = NULL;
    reel_err err = {0};

    reel__buf_init(&text, TEXT);
    reel__json_init(&json, &text);
    assert_ok(reel__job_write(&json, store, id, NULL, &err));
    assert_ok(reel__json_parse(&out, text.data, text.length, 16, &err));
    reel__buf_fini(&text);
    return out;
}

static json_t *ended(reel_store *store, int64_t id)
{
    json_t *job = job_of(store, id);

    while (json_is_null(json_object_get(job, "finished_at"))) {
        json_decref(job);
        (void)usleep(WAIT_US);
        job = job_of(store, id);
    }
    return job;
}

static void what_was_refused_keeps_by_how_much(void **state)
{
    static const char asked[] = "{\"kind\":\"train\"}";
    char database[TEMP_PATH], path[TEMP_PATH];
    reel_jobs_opts opts = {.models_dir = "models", .alone = true};
    reel_store *store = NULL;
    reel_jobs *jobs = NULL;
    reel_err err = {0};
    const json_t *result;
    int64_t id = 0;
    json_t *job;

    (void)state;
    (void)snprintf(path, sizeof path, "%s", write_program());
    (void)snprintf(database, sizeof database, "%s", temp_path("refused.db"));
    assert_ok(reel__store_open(&store, database, &(reel_store_opts){.create = true}, &err));
    opts.store = store;
    opts.database = database;
    opts.program = path;
    assert_ok(reel__jobs_open(&jobs, &opts, &err));
    assert_ok(reel__job_ask(store, asked, strlen(asked), "a test", &id, &err));
    reel__jobs_look(jobs);
    job = ended(store, id);
    assert_string_equal(json_string_value(json_object_get(job, "state")), "failed");
    assert_string_equal(json_string_value(json_object_get(json_object_get(job, "error"), "code")),
                        "E_CONFLICT");
    result = json_object_get(job, "result");
    assert_int_equal(json_array_size(json_object_get(result, "models")), 0);
    assert_true(json_number_value(json_object_get(json_object_get(result, "gate"), "overlap")) ==
                0.25);
    json_decref(job);
    reel__jobs_close(jobs);
    reel__store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_refused_keeps_by_how_much),
    };

    return cmocka_run_group_tests_name("refused trainings", tests, NULL, NULL);
}
