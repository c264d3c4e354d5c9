/* fuzz_list_id.c - any text as the id of a list: nobody made it, so it says nothing. As whose list
 * it is and as its model: an id made for these holds for these alone.
 */
#include <string.h>

#include "fuzz/fuzz.h"
#include "service/lists/list_id.h"

enum { TEXT = 80, NOW = 1800000000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[TEXT] = "", id[REEL_LIST_ID];
    const size_t length = size < TEXT ? size : TEXT - 1;
    reel_list_claim claim = {.who = "u1", .model_id = "", .at = NOW};
    reel_seal_key key;
    reel_err err = {REEL_OK, ""};

    if (size > 0)
        memcpy(text, data, length);
    reel__seal_key_of(&key, "fuzz");
    must(!reel__list_id_holds(text, &key, &claim));
    claim.anyone = true;
    must(!reel__list_id_holds(text, &key, &claim));
    claim = (reel_list_claim){.who = text, .model_id = text, .at = NOW};
    must(reel__list_id_make(id, "x_0123abcd_i_", &key, &claim, &err) == REEL_OK);
    must(reel__list_id_holds(id, &key, &claim));
    claim.model_id = "";
    must(reel__list_id_holds(id, &key, &claim));
    claim.anyone = true;
    must(!reel__list_id_holds(id, &key, &claim));
    claim = (reel_list_claim){.who = "somebody else", .model_id = "", .at = NOW};
    must(strcmp(text, "somebody else") == 0 || !reel__list_id_holds(id, &key, &claim));
    return 0;
}
