commands='recommend similar explain search similar-people serve user jobs load enrich train info fetch convert sample
    export evaluate reproduce tune simulate fit predict models import licenses doctor healthcheck forget stats'
for command in $commands; do
    run reel "$command" --help
    reel "$command" --help >long
    reel help "$command" >word
    reel "$command" -h >short
    cmp long word && cmp long short
done
# A terminal has 80 columns.
(reel help; for command in $commands; do reel "$command" --help; done) | awk 'length > 79'
