reel --version
reel version >word
reel --version | cmp - word
