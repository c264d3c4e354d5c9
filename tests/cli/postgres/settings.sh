# A password in .env is for its owner only.
printf 'REEL_DATABASE_URL=postgresql://u:hush@localhost:1/x\n' >.env
chmod 644 .env
run reel info
chmod 600 .env
run reel info
run reel info --database postgresql://u:hush@nowhere.invalid/x
