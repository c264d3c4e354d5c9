reel_add_test(unit/http/assets.c LIBRARIES PkgConfig::ZLIB)
reel_add_test(unit/http/exchange.c)
reel_add_test(unit/http/peer.c)
reel_add_test(unit/http/access.c)
