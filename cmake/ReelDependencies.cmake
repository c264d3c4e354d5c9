# System libraries; script/bootstrap installs them.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenMP REQUIRED COMPONENTS C)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)
pkg_check_modules(NETTLE REQUIRED IMPORTED_TARGET nettle)
pkg_check_modules(UTF8PROC REQUIRED IMPORTED_TARGET libutf8proc)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(MICROHTTPD REQUIRED IMPORTED_TARGET libmicrohttpd)
pkg_check_modules(GNUTLS REQUIRED IMPORTED_TARGET gnutls>=3.6)
pkg_check_modules(LIBZIP REQUIRED IMPORTED_TARGET libzip)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(OPENBLAS REQUIRED IMPORTED_TARGET openblas)
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)

# PostgreSQL is optional: without it the program keeps its data in SQLite files only.
set(REEL_POSTGRES_FOUND FALSE)
if(REEL_POSTGRES)
    pkg_check_modules(LIBPQ QUIET IMPORTED_TARGET libpq>=14)
    set(REEL_POSTGRES_FOUND ${LIBPQ_FOUND})
    if(NOT LIBPQ_FOUND)
        message(WARNING "No PostgreSQL: libpq 14 or newer was not found. The program is built with SQLite only. "
            "Install libpq-dev (script/bootstrap does) and configure again, or pass -DREEL_POSTGRES=OFF.")
    endif()
endif()

# MongoDB is optional: without libmongoc events stay in the log, and nobody is sent them.
set(REEL_MONGO_FOUND FALSE)
if(REEL_MONGO)
    pkg_check_modules(MONGOC QUIET libmongoc-1.0>=1.17)
    pkg_check_modules(BSON QUIET IMPORTED_TARGET libbson-1.0)
    set(REEL_MONGO_FOUND ${MONGOC_FOUND})
    if(NOT MONGOC_FOUND)
        message(WARNING "No MongoDB: libmongoc 1.17 or newer was not found. The program cannot send events there. "
            "Install libmongoc-dev (script/bootstrap does) and configure again, or pass -DREEL_MONGO=OFF.")
    endif()
endif()

# Charts as PNG are optional: without librsvg `reel eda` writes SVG, CSV and the page.
set(REEL_PNG_FOUND FALSE)
if(REEL_PNG)
    pkg_check_modules(RSVG QUIET librsvg-2.0>=2.46)
    set(REEL_PNG_FOUND ${RSVG_FOUND})
    if(NOT RSVG_FOUND)
        message(WARNING "No charts as PNG: librsvg was not found. "
            "Install librsvg2-dev (script/bootstrap does) and configure again, or pass -DREEL_PNG=OFF.")
    endif()
endif()
