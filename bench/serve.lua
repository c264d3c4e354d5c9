-- serve.lua - what bench/serve.py gives wrk: `wrk ... -s serve.lua URL -- FILE THREADS PAUSE`. FILE holds whole requests, each
-- closed by a line "%%"; every thread sends them in their order, from a place of its own. With a PAUSE a connection rests
-- between an answer and its next request, anything from nothing to twice that many ms. One line of JSON at the end.
local threads = 0

function setup(thread)
    thread:set("number", threads)
    threads = threads + 1
end

function init(args)
    local file = assert(io.open(args[1], "rb"))
    local text = file:read("*a")

    file:close()
    requests = {}
    for one in text:gmatch("(.-)\n%%%%\n") do
        requests[#requests + 1] = one
    end
    at = math.floor(number * #requests / tonumber(args[2]))
    pause = tonumber(args[3])
    math.randomseed(number)
    if pause > 0 then
        delay = function() return math.random(0, 2 * pause) end
    end
end

function request()
    at = at % #requests + 1
    return requests[at]
end

function done(summary, latency, _)
    local errors = summary.errors

    io.write(string.format('{"requests":%d,"seconds":%.6f,"p50":%.0f,"p99":%.0f,"most":%.0f,"failed":%d,"refused":%d}\n',
        summary.requests, summary.duration / 1e6, latency:percentile(50), latency:percentile(99), latency.max,
        errors.connect + errors.read + errors.write + errors.timeout, errors.status))
end
