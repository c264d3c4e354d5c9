/* list_household.c - the member "household" of a request: several people and a rule. */
#include <string.h>

#include "base/mistakes.h"
#include "http/list_body.h"

static reel_code read_rule(const json_t *household, reel_household_rule *out, reel_err *err)
{
    const char *name = "average";
    const reel_code rc = reel__json_get_text(household, "rule", &name, err);

    if (rc != REEL_OK)
        return rc;
    for (size_t i = 0; reel__household_rule_name(i) != NULL; i++) {
        if (strcmp(reel__household_rule_name(i), name) != 0)
            continue;
        *out = (reel_household_rule)i;
        return REEL_OK;
    }
    return reel_fail(err, REEL_E_INVALID,
                     "household.rule: \"%.40s\" is none of average, least_misery and fairness",
                     name);
}

static reel_code read_member(reel_list_body *out, size_t i, const json_t *member, reel_err *err)
{
    static const char *const names[] = {"user", "name", "history", NULL};
    reel_member *own = &out->members[i];
    reel_code rc;

    *own = (reel_member){.user = -1};
    REEL_TRY(reel__json_only(member, names, err));
    REEL_TRY(reel__json_get_id(member, "user", &own->user, err));
    REEL_TRY(reel__json_get_text(member, "name", &own->name, err));
    REEL_TRY(
        reel__list_read_films(&out->histories[i], &own->given_count, member, "history", true, err));
    own->given = out->histories[i];
    if ((own->user >= 0) == (own->given != NULL))
        rc = reel_fail(err, REEL_E_INVALID, "give either user or history");
out:
    return rc;
}

reel_code reel__list_household_read(reel_list_body *out, const json_t *body, reel_err *err)
{
    static const char *const names[] = {"rule", "members", NULL};
    const json_t *household = json_object_get(body, "household");
    const json_t *members = json_object_get(household, "members");
    const size_t count = json_array_size(members);
    reel_err inner = {REEL_OK, ""};
    reel_code rc;

    if (household == NULL || json_is_null(household))
        return REEL_OK;
    if (reel__json_only(household, names, &inner) != REEL_OK)
        return reel__mistake_within(err, &inner, "household");
    REEL_TRY(read_rule(household, &out->request.household, err));
    if (!json_is_array(members) || count < 2 || count > REEL_MEMBERS_MAX)
        return reel_fail(err, REEL_E_INVALID, "household.members: expected an array of 2 to %d",
                         (int)REEL_MEMBERS_MAX);
    for (size_t i = 0; i < count; i++) {
        inner = (reel_err){REEL_OK, ""};
        if (read_member(out, i, json_array_get(members, i), &inner) != REEL_OK)
            return reel__mistake_within(err, &inner, "household.members[%zu]", i);
    }
    out->request.members = out->members;
    out->request.member_count = count;
out:
    return rc;
}

void reel__list_household_write(reel_json *json, const reel_request *request)
{
    if (request->member_count == 0)
        return;
    reel__json_key(json, "household");
    reel__json_object(json);
    reel__json_put_text(json, "rule", reel__household_rule_name((size_t)request->household));
    reel__json_key(json, "members");
    reel__json_array(json);
    for (size_t i = 0; i < request->member_count; i++) {
        const reel_member *member = &request->members[i];

        reel__json_object(json);
        reel__json_put_id(json, "user", member->user);
        reel__json_put_text(json, "name", member->name);
        if (member->user < 0)
            reel__list_write_films(json, "history", member->given, member->given_count);
        reel__json_object_end(json);
    }
    reel__json_array_end(json);
    reel__json_object_end(json);
}
