# A model file that is damaged, cut, foreign or of other data is told and made again.
ready
reel recommend --database reel.db --user 1 --quiet >expected
for damage in garbage cut empty swapped flipped; do
    file=reel.db.models/user-knn.safetensors
    case $damage in
    garbage) head -c 5000 /dev/urandom >$file ;;
    cut) head -c 3000 $file >short && mv short $file ;;
    empty) : >$file ;;
    swapped) cp reel.db.models/popular.safetensors $file ;;
    flipped) printf '\377\377\377\377' | dd of=$file bs=1 seek=0 conv=notrunc 2>/dev/null ;;
    esac
    echo "== $damage"
    reel recommend --database reel.db --user 1 2>&1 >answer
    cmp expected answer
    reel recommend --database reel.db --user 1 2>&1 >answer
done
echo "== dataset"
head -c 5000 /dev/urandom >reel.db.models/dataset.reel
reel recommend --database reel.db --user 1 2>&1 >answer
cmp expected answer
