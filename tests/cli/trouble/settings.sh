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
rm .env
for wrong in REEL_LOG=loud REEL_LOG_FORMAT=xml REEL_PROTOTYPE_API=maybe REEL_INSECURE_HTTP=yes REEL_GATE_OVERLAP=7 REEL_SIGNALS=click \
    REEL_TMDB_URL=api.example REEL_TMDB_IMAGES='http://images.example/t?p=1' REEL_BACKUP_DAYS=soon; do
    run env "$wrong" reel serve --database reel.db --listen 127.0.0.1:0
done
REEL_TMDB_URL=ftp://api.example run reel enrich --database reel.db
REEL_TMDB_IMAGES=//images run reel enrich --posters --database reel.db
REEL_TMDB_IMAGES=images reel doctor --database reel.db | grep tmdb
REEL_FETCH_URL=file:///tmp run reel fetch ml-100k --accept-license
REEL_LOG= REEL_LOG_FORMAT= reel info --database reel.db >/dev/null
REEL_DATABASE_URL=$(printf 'a\033[31mb\177\302\2332J.db') run reel info
