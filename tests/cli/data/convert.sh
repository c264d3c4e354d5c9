mkdir ml
printf '1::Toy Story (1995)::Animation|Comedy\n2::Seven, Am\351lie "x" (2001)::Romance\n' >ml/movies.dat
printf '1::1::5::978300760\n2::2::3::978302109\nbad\n' >ml/ratings.dat
printf '1::F::1::10::48067\n2::M::56::16::70072\n' >ml/users.dat
run reel convert --movielens ml --output out
run cat out/movies.csv out/ratings.csv out/users.csv
run reel convert --movielens ml --output out2 --strict
run reel load --movielens out --database c.db --quiet
json reel convert --movielens ml --output out3 --quiet
run reel convert --movielens nowhere --output out4
