# .env: read when there, refused when others could read a secret in it.
ready
printf 'REEL_LOG=error\n' >.env
chmod 644 .env
reel --version >/dev/null
printf 'REEL_TMDB_KEY=abc\n' >>.env
run reel info --database reel.db
chmod 600 .env
reel info --database reel.db >/dev/null
printf 'no setting\n' >.env
run reel info --database reel.db
printf 'REEL_LISTEN=127.0.0.1\n' >.env
run reel serve --database reel.db
REEL_LISTEN=elsewhere:x run reel serve --database reel.db
