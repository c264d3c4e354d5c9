/* assets_none.c - stands for the generated table in a build without the web front end. */
#include "http/assets.h"

const reel_asset_table reel__asset_table = {NULL, 0};
