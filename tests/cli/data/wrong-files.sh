# Each is one clear error, and leaves no database behind that claims to hold something.
mkdir ml
for what in missing empty folder nul separator long words; do
    case $what in
    missing) rm -f list ;;
    empty) : >list ;;
    folder) rm list && mkdir list ;;
    nul) rmdir list && printf '1\t2\t3\0\t4\n' >list ;;
    separator) printf '1|2|3\n4|5|1\n' >list ;;
    long) head -c 10000000 /dev/zero | tr '\0' 1 >list ;;
    words) printf 'one two three\n' >list ;;
    esac
    echo "== $what"
    run reel load --ratings list --database a.db 2>&1
done
echo "== folders"
run reel load --movielens nowhere --database a.db
run reel load --movielens ml --database a.db
printf '1::Toy Story (1995)::Comedy\n' >ml/movies.dat
run reel load --movielens ml --database a.db
: >ml/ratings.dat
run reel load --movielens ml --database a.db
printf '1::1::5::978300760\n' >ml/ratings.dat
run reel load --movielens ml --database nowhere/a.db
run reel load --movielens ml --database .
run reel recommend --user 1 --database a.db
