/* fuzz_seal.c - any bytes as a sealed text: refused; and as a text: comes back as it was. */
#include <string.h>

#include "base/seal.h"
#include "fuzz/fuzz.h"

enum { BUFFER = 1 << 21 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    reel_seal_key key;
    reel_buf sealed, back;
    reel_err err = {REEL_OK, ""};

    reel__seal_key_of(&key, "fuzz");
    reel__buf_init(&sealed, BUFFER);
    reel__buf_init(&back, BUFFER);
    must(reel__unseal(&back, &key, (const char *)data, size, &err) == REEL_E_INVALID);
    must(back.length == 0);
    must(reel__seal(&sealed, &key, (const char *)data, size, &err) == REEL_OK);
    must(reel__unseal(&back, &key, sealed.data, sealed.length, &err) == REEL_OK);
    must(back.length == size && (size == 0 || memcmp(back.data, data, size) == 0));
    reel__buf_fini(&sealed);
    reel__buf_fini(&back);
    return 0;
}
