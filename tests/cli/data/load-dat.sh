# MovieLens 1M's form, in latin-1, with what can be wrong with it.
mkdir ml
printf '1::Toy Story (1995)::Animation|Comedy\n2::Am\351lie (2001)::Romance\n' >ml/movies.dat
printf '1::1::5::978300760\n1::2::3::978302109\n2::1::4::978301968\n1::1::2::978300000\n2::9::4::1\n' >ml/ratings.dat
printf '1::F::1::10::48067\n2::M::56::16::70072\n' >ml/users.dat
run reel load --movielens ml --database a.db
reel search amélie --database a.db --quiet
printf '2::2::six::1\nthis is no row\n2::2\n1::2::nan::1\n1::2::9::1\n' >>ml/ratings.dat
run reel load --movielens ml --database b.db
run reel load --movielens ml --database c.db --strict
json reel load --movielens ml --database b.db --quiet
test ! -e c.db || reel info --database c.db | grep ratings
