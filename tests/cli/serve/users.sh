# Accounts by the operator.
ready
printf 'correct horse battery\n' >password
run reel user add 'Ana M' --admin --password-stdin --database reel.db <password
run reel user add 'ana m' --password-stdin --database reel.db <password
run reel user add bob --password-stdin --database reel.db <password
echo short | run reel user add carl --password-stdin --database reel.db
run reel user add carl --database reel.db </dev/null
run reel user add two words --database reel.db
# Who gave nothing yet is told what everybody likes.
reel recommend --user 1099511627779 --limit 1 --database reel.db 2>/dev/null | head -1
run reel user role bob king --database reel.db
run reel user role bob --database reel.db
run reel user role bob analyst --database reel.db
run reel user role 'Ana M' person --database reel.db
run reel user disable bob --database reel.db
run reel user list --database reel.db
json reel user list --database reel.db
run reel user enable bob --database reel.db
run reel user reset nobody --database reel.db
token=$(reel user reset bob --database reel.db --quiet)
echo "${#token} characters"
reel user export bob --database reel.db >export
python3 - <<'END'
import json
with open("export") as file:
    export = json.load(file)
print(*export)
print(export["account"]["name"], export["account"]["role"], export["films"], export["reset_until"] is not None)
END
run reel user export nobody --database reel.db
run reel user delete bob --database reel.db
run reel user delete 'Ana M' --database reel.db
run reel user list --database reel.db
run reel user --database reel.db
run reel user dance --database reel.db
