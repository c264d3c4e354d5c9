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
for wrong in REEL_LOG=loud REEL_LOG_FORMAT=xml REEL_PROTOTYPE_API=maybe REEL_INSECURE_HTTP=yes REEL_GATE_OVERLAP=7; do
    run env "$wrong" reel serve --database reel.db --listen 127.0.0.1:0
done
REEL_LOG= REEL_LOG_FORMAT= reel info --database reel.db >/dev/null
REEL_DATABASE_URL=$(printf 'a\033[31mb\177\302\2332J.db') run reel info
