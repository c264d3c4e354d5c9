for command in recommend similar explain search similar-people serve load train info fetch convert \
    sample export licenses; do
    run reel "$command" --help
    reel "$command" --help >long
    reel help "$command" >word
    reel "$command" -h >short
    cmp long word && cmp long short
done
