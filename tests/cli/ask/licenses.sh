reel licenses >text
grep '^====' text
json reel licenses | grep -c scikit-learn
